/** The worker's measurements, asked for once a second while the page is visible. */
import { create } from "zustand";
import type { WorkerMetrics } from "../../workers/api.ts";

export const useMetrics = create<{ metrics: WorkerMetrics | null }>(() => ({ metrics: null }));
