import { expect, it } from "vitest";
import { chooseServer } from "./server.ts";

const ORIGIN = "http://127.0.0.1:4000";

it("takes the page's own origin", () => {
  expect(chooseServer("", ORIGIN)).toEqual({ server: ORIGIN });
  expect(chooseServer("?theme=dark", ORIGIN)).toEqual({ server: ORIGIN });
});

it("takes another server's origin, without its path", () => {
  expect(chooseServer("?server=http://127.0.0.1:5000/x", ORIGIN)).toEqual({
    server: "http://127.0.0.1:5000",
  });
});

it("names what is wrong with an address", () => {
  expect(chooseServer("?server=nonsense", ORIGIN)).toEqual({ error: "?server=nonsense is not a URL" });
  expect(chooseServer("?server=ws://x", ORIGIN)).toEqual({
    error: "?server=ws://x is not an http or https URL",
  });
});
