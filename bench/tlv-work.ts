/** What the codec is measured at: a collector that writes every field, and a fold that reads what it needs. */
import { OFFSET, TYPE } from "../protocol/tlv/layout.ts";
import { DOMAIN, SOURCE } from "../protocol/tlv/registry.ts";
import type { MessageView } from "../protocol/tlv/view.ts";
import type { MessageWriter } from "../protocol/tlv/writer.ts";

/** Builds a message of the mix, field by field, from a record that holds the same values. */
export function buildMessage(
  writer: MessageWriter,
  record: MessageView,
  checksum: "ok" | "absent",
): Uint8Array {
  writer.begin(DOMAIN.market_data, SOURCE.polygon).sequence(record.start).timestampMs(record.timestampMs);
  for (let more = record.firstTlv(); more; more = record.nextTlv()) {
    const { data, valueStart } = record;
    switch (record.type) {
      case TYPE.PoolSwap:
        writePoolSwap(writer, data, valueStart);
        break;
      case TYPE.PoolSync:
        writePoolSync(writer, data, valueStart);
        break;
      case TYPE.Provenance:
        writeProvenance(writer, data, valueStart);
        break;
      case TYPE.Transaction:
        writeTransaction(writer, data, valueStart);
        break;
      case TYPE.Trade:
        writeTrade(writer, data, valueStart);
        break;
      case TYPE.TradeMeta:
        writeTradeMeta(writer, data, valueStart);
        break;
      default:
        throw new Error(`type ${record.type} is not of the mix`);
    }
  }
  return writer.finish(checksum);
}

function writePoolSwap(writer: MessageWriter, from: DataView, at: number): void {
  const swap = OFFSET.PoolSwap;
  const value = writer.tlv(TYPE.PoolSwap);
  const { data } = writer;
  writer.setBytes(value + swap.amount_in, from, at + swap.amount_in, 16);
  writer.setBytes(value + swap.amount_out, from, at + swap.amount_out, 16);
  writer.setBytes(value + swap.liquidity_after, from, at + swap.liquidity_after, 16);
  writer.setBytes(value + swap.timestamp_ns, from, at + swap.timestamp_ns, 8);
  writer.setBytes(value + swap.block_number, from, at + swap.block_number, 8);
  data.setInt32(value + swap.tick_after, from.getInt32(at + swap.tick_after, true), true);
  data.setUint16(value + swap.venue, from.getUint16(at + swap.venue, true), true);
  data.setUint8(value + swap.amount_in_decimals, from.getUint8(at + swap.amount_in_decimals));
  data.setUint8(value + swap.amount_out_decimals, from.getUint8(at + swap.amount_out_decimals));
  writer.setBytes(value + swap.pool_address, from, at + swap.pool_address, 20);
  writer.setBytes(value + swap.token_in_addr, from, at + swap.token_in_addr, 20);
  writer.setBytes(value + swap.token_out_addr, from, at + swap.token_out_addr, 20);
  writer.setBytes(value + swap.sqrt_price_x96_after, from, at + swap.sqrt_price_x96_after, 32);
}

function writePoolSync(writer: MessageWriter, from: DataView, at: number): void {
  const sync = OFFSET.PoolSync;
  const value = writer.tlv(TYPE.PoolSync);
  const { data } = writer;
  writer.setBytes(value + sync.reserve0, from, at + sync.reserve0, 16);
  writer.setBytes(value + sync.reserve1, from, at + sync.reserve1, 16);
  writer.setBytes(value + sync.timestamp_ns, from, at + sync.timestamp_ns, 8);
  writer.setBytes(value + sync.block_number, from, at + sync.block_number, 8);
  data.setUint16(value + sync.venue, from.getUint16(at + sync.venue, true), true);
  data.setUint8(value + sync.token0_decimals, from.getUint8(at + sync.token0_decimals));
  data.setUint8(value + sync.token1_decimals, from.getUint8(at + sync.token1_decimals));
  writer.setBytes(value + sync.pool_address, from, at + sync.pool_address, 20);
  writer.setBytes(value + sync.token0_addr, from, at + sync.token0_addr, 20);
  writer.setBytes(value + sync.token1_addr, from, at + sync.token1_addr, 20);
}

function writeProvenance(writer: MessageWriter, from: DataView, at: number): void {
  const place = OFFSET.Provenance;
  const value = writer.tlv(TYPE.Provenance);
  const { data } = writer;
  writer.setBytes(value + place.chain_id, from, at + place.chain_id, 8);
  writer.setBytes(value + place.block_number, from, at + place.block_number, 8);
  data.setUint32(value + place.log_index, from.getUint32(at + place.log_index, true), true);
  data.setUint32(value + place.tx_index, from.getUint32(at + place.tx_index, true), true);
  data.setUint8(value + place.reorged, from.getUint8(at + place.reorged));
  writer.setBytes(value + place.sender, from, at + place.sender, 20);
  writer.setBytes(value + place.block_hash, from, at + place.block_hash, 32);
  writer.setBytes(value + place.tx_hash, from, at + place.tx_hash, 32);
}

function writeTransaction(writer: MessageWriter, from: DataView, at: number): void {
  const tx = OFFSET.Transaction;
  const value = writer.tlv(TYPE.Transaction);
  const { data } = writer;
  writer.setBytes(value + tx.value, from, at + tx.value, 32);
  writer.setBytes(value + tx.gas_price, from, at + tx.gas_price, 16);
  writer.setBytes(value + tx.max_fee_per_gas, from, at + tx.max_fee_per_gas, 16);
  writer.setBytes(value + tx.max_priority_fee_per_gas, from, at + tx.max_priority_fee_per_gas, 16);
  writer.setBytes(value + tx.chain_id, from, at + tx.chain_id, 8);
  writer.setBytes(value + tx.nonce, from, at + tx.nonce, 8);
  writer.setBytes(value + tx.gas_limit, from, at + tx.gas_limit, 8);
  writer.setBytes(value + tx.block_number, from, at + tx.block_number, 8);
  data.setUint32(value + tx.calldata_length, from.getUint32(at + tx.calldata_length, true), true);
  data.setUint8(value + tx.tx_type, from.getUint8(at + tx.tx_type));
  data.setUint8(value + tx.status, from.getUint8(at + tx.status));
  data.setUint8(value + tx.flags, from.getUint8(at + tx.flags));
  writer.setBytes(value + tx.method_selector, from, at + tx.method_selector, 4);
  writer.setBytes(value + tx.inner_selectors, from, at + tx.inner_selectors, 16);
  writer.setBytes(value + tx.hash, from, at + tx.hash, 32);
  writer.setBytes(value + tx.sender, from, at + tx.sender, 20);
  writer.setBytes(value + tx.to, from, at + tx.to, 20);
}

function writeTrade(writer: MessageWriter, from: DataView, at: number): void {
  const trade = OFFSET.Trade;
  const value = writer.tlv(TYPE.Trade);
  const { data } = writer;
  writer.setBytes(value + trade.asset_id, from, at + trade.asset_id, 8);
  writer.setBytes(value + trade.price, from, at + trade.price, 8);
  writer.setBytes(value + trade.volume, from, at + trade.volume, 8);
  writer.setBytes(value + trade.execution_timestamp_ns, from, at + trade.execution_timestamp_ns, 8);
  data.setUint16(value + trade.venue_id, from.getUint16(at + trade.venue_id, true), true);
  data.setUint8(value + trade.asset_type, from.getUint8(at + trade.asset_type));
  data.setUint8(value + trade.side, from.getUint8(at + trade.side));
}

function writeTradeMeta(writer: MessageWriter, from: DataView, at: number): void {
  const meta = OFFSET.TradeMeta;
  const value = writer.tlv(TYPE.TradeMeta);
  const { data } = writer;
  data.setUint8(value + meta.tape, from.getUint8(at + meta.tape));
  data.setUint8(value + meta.condition_count, from.getUint8(at + meta.condition_count));
  writer.setBytes(value + meta.conditions, from, at + meta.conditions, 16);
  writer.setBytes(value + meta.producer_id, from, at + meta.producer_id, 16);
  writer.setBytes(value + meta.trade_id, from, at + meta.trade_id, 32);
}

/** Reads what a fold would of each payload: its place, amounts and price, and the bytes that keys are made of. */
export function readFields(view: MessageView): number {
  const { data } = view;
  let mix = view.timestampMs | 0;
  for (let more = view.firstTlv(); more; more = view.nextTlv()) {
    const at = view.valueStart;
    switch (view.type) {
      case TYPE.PoolSwap: {
        const swap = OFFSET.PoolSwap;
        mix ^= words4(data, at + swap.amount_in) ^ words4(data, at + swap.amount_out);
        mix ^= words4(data, at + swap.liquidity_after) ^ words4(data, at + swap.sqrt_price_x96_after);
        mix ^= words4(data, at + swap.sqrt_price_x96_after + 16) ^ words2(data, at + swap.block_number);
        mix ^= data.getInt32(at + swap.tick_after, true) ^ data.getUint16(at + swap.venue, true);
        mix ^= data.getUint8(at + swap.amount_in_decimals) ^ data.getUint8(at + swap.amount_out_decimals);
        mix ^= address(data, at + swap.pool_address) ^ address(data, at + swap.token_in_addr);
        break;
      }
      case TYPE.PoolSync: {
        const sync = OFFSET.PoolSync;
        mix ^= words4(data, at + sync.reserve0) ^ words4(data, at + sync.reserve1);
        mix ^= words2(data, at + sync.block_number) ^ data.getUint16(at + sync.venue, true);
        mix ^= address(data, at + sync.pool_address);
        break;
      }
      case TYPE.Provenance: {
        const place = OFFSET.Provenance;
        mix ^= words2(data, at + place.chain_id) ^ data.getUint32(at + place.log_index, true);
        mix ^=
          data.getUint8(at + place.reorged) ^
          hash(data, at + place.block_hash) ^
          hash(data, at + place.tx_hash);
        break;
      }
      case TYPE.Transaction: {
        const tx = OFFSET.Transaction;
        mix ^= words4(data, at + tx.max_fee_per_gas) ^ words4(data, at + tx.max_priority_fee_per_gas);
        mix ^=
          words2(data, at + tx.chain_id) ^ words2(data, at + tx.nonce) ^ words2(data, at + tx.block_number);
        mix ^= data.getUint8(at + tx.status) ^ data.getUint8(at + tx.flags);
        mix ^= hash(data, at + tx.hash) ^ address(data, at + tx.sender);
        break;
      }
      case TYPE.Trade: {
        const trade = OFFSET.Trade;
        mix ^=
          words2(data, at + trade.asset_id) ^
          words2(data, at + trade.price) ^
          words2(data, at + trade.volume);
        mix ^= view.msAt(at + trade.execution_timestamp_ns) ^ data.getUint16(at + trade.venue_id, true);
        break;
      }
      case TYPE.TradeMeta:
        mix ^= hash(data, at + OFFSET.TradeMeta.trade_id);
        break;
      default:
        throw new Error(`type ${view.type} is not of the mix`);
    }
  }
  return mix;
}

function words2(data: DataView, at: number): number {
  return data.getInt32(at, true) ^ data.getInt32(at + 4, true);
}

function words4(data: DataView, at: number): number {
  return words2(data, at) ^ words2(data, at + 8);
}

function address(data: DataView, at: number): number {
  return words4(data, at) ^ data.getInt32(at + 16, true);
}

function hash(data: DataView, at: number): number {
  return words4(data, at) ^ words4(data, at + 16);
}
