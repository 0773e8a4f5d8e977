import { Box, Tooltip } from '@mantine/core';
import { type KeyboardEvent, memo, type MouseEvent, type PointerEvent, useRef } from 'react';
import styles from './ConfusionMatrix.module.css';
import { type ConfusionGrid, nextCell, type Place } from './confusionGrid';
import {
  cellUnder,
  groundPath,
  markSize,
  maxClassesWithCounts,
  maxClassesWithNames,
  opacityOf,
  shades,
  sideOf,
  stepOf,
} from './confusionShapes';

interface Props {
  grid: ConfusionGrid;
  /** Describes the matrix for screen readers. */
  label: string;
  /** The active cell. */
  place: Place | null;
  /** Text of the active cell's tooltip. */
  words: string | undefined;
  onPlace: (place: Place) => void;
  /** Opens the images of the active cell. */
  onOpen: () => void;
}

/** Draws the matrix. It names the classes if they are few, and scrolls if it does not fit. */
export function ConfusionPlot({ grid, label, place, words, onPlace, onOpen }: Props) {
  const drawing = useRef<SVGSVGElement>(null);
  const count = grid.classes.length;
  const named = count <= maxClassesWithNames;
  const { min, max } = sideOf(count);

  const cellAt = (event: MouseEvent) => {
    const { left, top, width, height } = drawing.current!.getBoundingClientRect();
    const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
    return cellUnder(grid, x * count, y * count);
  };
  const point = (event: MouseEvent) => {
    const cell = cellAt(event);
    if (cell && !isSame(cell, place)) onPlace(cell);
    return cell !== null && isSame(cell, place);
  };
  // Touch cannot hover: the first tap selects a cell, the second one opens it.
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
        style={{ '--min-side': `${min}px`, '--max-side': max === null ? '1fr' : `${max}px` }}
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
            aria-label="Cells of the confusion matrix: move with the arrow keys, press Enter to show the images"
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

/** The cells. They are memoised because a hover does not change them. */
const Marks = memo(function Marks({ grid }: { grid: ConfusionGrid }) {
  const count = grid.classes.length;
  return (
    <>
      <path className={styles.ground} d={groundPath(count)} />
      {shades(grid).map(({ isCorrect, step, path }) => (
        <path
          key={`${isCorrect} ${step}`}
          className={isCorrect ? styles.correctMark : styles.incorrectMark}
          fillOpacity={opacityOf(step)}
          d={path}
        />
      ))}
      {count <= maxClassesWithCounts &&
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

/** Highlights the row and column of a cell. */
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
