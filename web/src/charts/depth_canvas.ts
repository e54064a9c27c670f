/** Draws a depth curve; sizes are CSS pixels. */
import { faded, type Colours } from "./colours";
import { totalAt, type DepthCurve, type DepthPoint } from "./depth_curve";

export interface DepthLook {
  readonly width: number;
  readonly height: number;
  readonly colours: Colours;
  readonly font: string;
  readonly price: (value: number) => string;
  readonly quantity: (value: number) => string;
  /** Where the pointer is; undefined: elsewhere. */
  readonly at: number | undefined;
}

const FOOT = 24;
const TICK = 4;
const HEAD = 16;

export function drawDepth(context: CanvasRenderingContext2D, curve: DepthCurve | undefined, look: DepthLook): void {
  const { width, height, colours } = look;
  context.clearRect(0, 0, width, height);
  if (curve === undefined || width === 0) return;
  const bottom = height - FOOT;
  const x = (price: number) => ((price - curve.from) / (curve.to - curve.from)) * width;
  const y = (total: number) => bottom - (total / curve.most) * (bottom - HEAD);
  side(context, curve.bids, x, y, 0, bottom, colours.gain);
  side(context, curve.asks, x, y, width, bottom, colours.loss);
  context.fillStyle = colours.line;
  context.fillRect(0, bottom, width, 1);
  for (const each of [0.5, x(curve.middle), width - 0.5]) context.fillRect(each - 0.5, bottom, 1, TICK);
  context.font = look.font;
  context.fillStyle = colours.faint;
  label(context, look.price(curve.from), 0, height - 5, "left");
  label(context, look.price(curve.middle), x(curve.middle), height - 5, "center");
  label(context, look.price(curve.to), width, height - 5, "right");
  if (look.at === undefined) {
    label(context, look.quantity(curve.most), 0, 11, "left");
    return;
  }
  const price = curve.from + (look.at / width) * (curve.to - curve.from);
  const total = totalAt(curve, price);
  context.fillRect(look.at, HEAD, 1, bottom - HEAD);
  context.fillStyle = colours.text;
  const text = `${look.quantity(total)} to ${look.price(price)}`;
  label(context, text, Math.min(Math.max(look.at, 60), width - 60), 11, "center");
}

function side(
  context: CanvasRenderingContext2D,
  points: readonly DepthPoint[],
  x: (price: number) => number,
  y: (total: number) => number,
  edge: number,
  bottom: number,
  colour: string,
): void {
  const [first] = points;
  if (first === undefined) return;
  context.beginPath();
  let height = bottom;
  context.moveTo(x(first.price), bottom);
  for (const { price, total } of points) {
    context.lineTo(x(price), height);
    height = y(total);
    context.lineTo(x(price), height);
  }
  context.lineTo(edge, height);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
  context.lineTo(edge, bottom);
  context.closePath();
  context.fillStyle = faded(colour, 0.16);
  context.fill();
}

function label(context: CanvasRenderingContext2D, text: string, x: number, y: number, align: CanvasTextAlign): void {
  context.textAlign = align;
  context.fillText(text, x, y);
}
