/** Everybody who trades in the lab. Each draws from its own seeded stream of chance. */
import { arbitrageur } from "./arbitrageur.ts";
import { careless } from "./careless.ts";
import { holder } from "./holder.ts";
import { impatient } from "./impatient.ts";
import { liquidityProvider } from "./liquidity-provider.ts";
import { retail } from "./retail.ts";
import type { Trader } from "./trader.ts";
import { whale } from "./whale.ts";

const HABITS = [retail, whale, arbitrageur, liquidityProvider, careless, impatient, holder];

export function createTraders(seed: number): Trader[] {
  return HABITS.map((habit) => habit(seed));
}
