/** Marks on a chart's time: hatched where bars were let go of, a break where a gap is too long to draw. */
import type { IChartApi, IPrimitivePaneRenderer, ISeriesPrimitive, Logical } from "lightweight-charts";
import { span } from "../format.ts";
import { TEXT } from "../text.ts";
import { type Colours, FADED_OPACITY, faded } from "./colours.ts";
import type { Band } from "./slots.ts";

type Target = Parameters<IPrimitivePaneRenderer["draw"]>[0];

/** Of a band, from the plot's left. */
interface Edges {
  left: number;
  right: number;
}

/** Between the lines of a hatching. */
const HATCH_PX = 7;

export class Bands implements ISeriesPrimitive {
  #chart: IChartApi;
  #bands: readonly Band[] = [];
  #colours: Colours;

  constructor(chart: IChartApi, colours: Colours) {
    this.#chart = chart;
    this.#colours = colours;
  }

  set(bands: readonly Band[]): void {
    this.#bands = bands;
  }

  retheme(colours: Colours): void {
    this.#colours = colours;
  }

  paneViews() {
    return [
      { zOrder: () => "bottom" as const, renderer: () => ({ draw: (target: Target) => this.#draw(target) }) },
    ];
  }

  #draw(target: Target): void {
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      for (const band of this.#bands) {
        const edges = this.#edges(band);
        if (edges === null || edges.right < 0 || edges.left > mediaSize.width) continue;
        context.save();
        context.beginPath();
        context.rect(edges.left, 0, edges.right - edges.left, mediaSize.height);
        context.clip();
        if (band.kind === "lost") this.#hatch(context, edges, mediaSize.height);
        else this.#break(context, edges, mediaSize.height);
        const text = band.kind === "lost" ? TEXT.chart.lost : span(band.gap_ms);
        this.#label(context, edges, mediaSize.width, text);
        context.restore();
      }
    });
  }

  #edges({ first, last }: Band): Edges | null {
    const scale = this.#chart.timeScale();
    const [from, to] = [
      scale.logicalToCoordinate(first as Logical),
      scale.logicalToCoordinate(last as Logical),
    ];
    if (from === null || to === null) return null;
    const half = scale.options().barSpacing / 2;
    return { left: from - half, right: to + half };
  }

  #hatch(context: CanvasRenderingContext2D, { left, right }: Edges, height: number) {
    context.strokeStyle = faded(this.#colours.warn, FADED_OPACITY);
    context.lineWidth = 1;
    context.beginPath();
    for (let x = Math.max(left, -height) - height; x < right; x += HATCH_PX) {
      context.moveTo(x, height);
      context.lineTo(x + height, 0);
    }
    context.stroke();
  }

  #break(context: CanvasRenderingContext2D, edges: Edges, height: number) {
    context.strokeStyle = this.#colours.line;
    context.setLineDash([4, 4]);
    context.beginPath();
    for (const x of [edges.left + 1, edges.right - 1]) {
      context.moveTo(x, 0);
      context.lineTo(x, height);
    }
    context.stroke();
  }

  /** In the middle of what is in sight, where there is room for it. */
  #label(context: CanvasRenderingContext2D, { left, right }: Edges, plot: number, text: string) {
    context.font = "11px system-ui, sans-serif";
    const { width } = context.measureText(text);
    const [from, to] = [Math.max(left, 0), Math.min(right, plot)];
    if (width + 8 > to - from) return;
    const middle = (from + to) / 2;
    context.fillStyle = this.#colours.surface;
    context.fillRect(middle - width / 2 - 4, 6, width + 8, 18);
    context.fillStyle = this.#colours.text;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(text, middle, 15);
  }
}
