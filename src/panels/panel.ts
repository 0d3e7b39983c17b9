/** The recipe that every panel follows: one folder with `columns.ts` (its table) and `fields.ts` (its details). */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { EntityOf } from "../../protocol/stream/entities.ts";
import type { ColumnsOf, ViewSpec } from "../../workers/api.ts";
import type { Fields } from "../drawer/fields.ts";
import type { Columns } from "../table/columns.ts";

export type Sort = ViewSpec["sort"];

export interface Panel<C extends ChannelName = ChannelName> {
  /** Also the name of its view and of its place in the layout. */
  name: string;
  channel: C;
  title: string;
  columns: Columns<ColumnsOf[C]>;
  /** The order without a sorted column. null: newest first. */
  defaultSort: Sort;
  /** What one sees, and what to do, while its channel holds nothing. */
  empty: { text: string; hint: string };
  /** What the drawer calls a row. */
  headline(entity: EntityOf[C]): string;
  /** Every field of the entity, for the drawer. */
  fields: Fields<EntityOf[C]>;
}
