import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{protocol,model,server,mock-server,workers,src,lab,sim,scripts,bench,e2e}/**/*.test.{ts,tsx}"],
    environment: "node",
    testTimeout: 30_000,
    // All cores: many of the tests wait for processes and sockets. The default leaves one of two idle.
    maxWorkers: "100%",
  },
});
