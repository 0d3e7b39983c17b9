/** The recipe that every panel follows: one folder with `columns.ts` (its table) and `fields.ts` (its details). */
import type { BarsChannel, ChannelKind, MainChannel } from "../../protocol/stream/channels.ts";
import type { EntityOf } from "../../protocol/stream/entities.ts";
import type { ColumnsOf, ViewSpec } from "../../workers/api.ts";
import type { Fields } from "../drawer/fields.ts";
import type { Columns } from "../table/columns.ts";

export type Sort = ViewSpec["sort"];

/** Of a kind of channel: all channels of bars have one. */
type ChannelOf<K extends ChannelKind> = K extends MainChannel ? K : BarsChannel;

/** What the drawer needs to show a row. */
export interface Described<K extends ChannelKind = ChannelKind> {
  title: string;
  /** What the drawer calls a row. */
  headline(entity: EntityOf<ChannelOf<K>>): string;
  /** Every field of the entity, for the drawer. */
  fields: Fields<EntityOf<ChannelOf<K>>>;
}

export interface Panel<K extends ChannelKind = ChannelKind> extends Described<K> {
  /** Also the name of its view and of its place in the layout. */
  name: string;
  channel: ChannelOf<K>;
  columns: Columns<ColumnsOf[K]>;
  /** The order without a sorted column. null: newest first. */
  defaultSort: Sort;
  /** What one sees, and what to do, while its channel holds nothing. */
  empty: { text: string; hint: string };
}
