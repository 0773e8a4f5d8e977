import { Box, Tooltip } from '@mantine/core';
import { type KeyboardEvent, memo, type MouseEvent, type PointerEvent, useRef } from 'react';
import styles from './ConfusionMatrix.module.css';
import { type ConfusionGrid, nextCell, type Place } from './confusionGrid';
import {
  cellUnder,
  groundPath,
  markSize,
  mostCounted,
  mostNamed,
  opacityOf,
  shades,
  sideOf,
  stepOf,
} from './confusionShapes';

interface Props {
  grid: ConfusionGrid;
  /** All of it in a sentence, for those who do not see it. */
  label: string;
  /** The cell that is pointed at. */
  place: Place | null;
  /** What is said of it. */
  words: string | undefined;
  onPlace: (place: Place) => void;
  /** The cell that is pointed at was chosen. */
  onOpen: () => void;
}

/** The matrix itself with the names of few classes; it scrolls in its own box where it does not fit. */
export function ConfusionPlot({ grid, label, place, words, onPlace, onOpen }: Props) {
  const drawing = useRef<SVGSVGElement>(null);
  const count = grid.classes.length;
  const named = count <= mostNamed;
  const { least, most } = sideOf(count);

  const under = (event: MouseEvent) => {
    const { left, top, width, height } = drawing.current!.getBoundingClientRect();
    const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
    return cellUnder(grid, x * count, y * count);
  };
  const point = (event: MouseEvent) => {
    const found = under(event);
    if (found && !isSame(found, place)) onPlace(found);
    return found !== null && isSame(found, place);
  };
  // A finger has no way to point before it taps: the first tap tells, the second one opens.
  const move = (event: PointerEvent) => event.pointerType !== 'touch' && point(event);
  const walk = (event: KeyboardEvent) => {
    if (event.key === 'Enter') return onOpen();
    const next = nextCell(grid, place, event.key);
    if (!next) return;
    event.preventDefault();
    onPlace(next);
  };

  return (
    <div className={styles.box}>
      <Box
        className={styles.figure}
        style={{ '--least': `${least}px`, '--most': most === null ? '1fr' : `${most}px` }}
        data-named={named || undefined}
      >
        <span className={styles.across} aria-hidden>
          Predicted
        </span>
        <span className={styles.down} aria-hidden>
          Labelled
        </span>
        {named && <Names grid={grid} side="columns" active={place?.column} />}
        {named && <Names grid={grid} side="rows" active={place?.row} />}
        <Tooltip.Floating label={words} disabled={!words} fz="xs" multiline maw={260}>
          <div
            className={styles.plot}
            role="group"
            tabIndex={0}
            aria-label="Cells of the confusion matrix: arrow keys walk, Enter shows the images"
            data-open={(place && grid.at(place.row, place.column) && true) || undefined}
            onPointerMove={move}
            onClick={(event) => point(event) && onOpen()}
            onKeyDown={walk}
          >
            <svg ref={drawing} viewBox={`0 0 ${count} ${count}`} role="img" aria-label={label}>
              <Marks grid={grid} />
              {place && <Crosshair place={place} count={count} />}
            </svg>
          </div>
        </Tooltip.Floating>
      </Box>
    </div>
  );
}

const isSame = (one: Place, other: Place | null) =>
  one.row === other?.row && one.column === other.column;

interface NamesProps {
  grid: ConfusionGrid;
  side: 'rows' | 'columns';
  active: number | undefined;
}

function Names({ grid, side, active }: NamesProps) {
  return (
    <div className={styles[side]} aria-hidden>
      {grid.classes.map(({ id, name }, at) => (
        <span key={id} title={name} data-active={at === active || undefined}>
          {name}
        </span>
      ))}
    </div>
  );
}

/** Apart, since pointing at a cell changes nothing in it. */
const Marks = memo(function Marks({ grid }: { grid: ConfusionGrid }) {
  const count = grid.classes.length;
  return (
    <>
      <path className={styles.ground} d={groundPath(count)} />
      {shades(grid).map(({ isRight, step, path }) => (
        <path
          key={`${isRight} ${step}`}
          className={isRight ? styles.rightMark : styles.wrongMark}
          fillOpacity={opacityOf(step)}
          d={path}
        />
      ))}
      {count <= mostCounted &&
        grid.cells.map((cell) => (
          <text
            key={`${cell.row} ${cell.column}`}
            x={cell.column + 0.5}
            y={cell.row + 0.5}
            className={styles.count}
            data-strong={stepOf(grid, cell) >= 7 || undefined}
          >
            {cell.count}
          </text>
        ))}
    </>
  );
});

/** Leads the eye from the cell to its row and column. */
function Crosshair({ place: { row, column }, count }: { place: Place; count: number }) {
  const size = markSize(count);
  const inset = (1 - size) / 2;
  return (
    <g pointerEvents="none">
      <rect className={styles.band} x={0} y={row + inset} width={count} height={size} />
      <rect className={styles.band} x={column + inset} y={0} width={size} height={count} />
      <rect className={styles.here} x={column + inset} y={row + inset} width={size} height={size} />
    </g>
  );
}
