import type { TraceEvent, WriteColumns } from '../../traces/index.ts';
import type { EventObserver } from './events/event-observer.ts';
import type { CellsObserver } from './memory/cells/cells.ts';
import type { PagingObserver } from './paging/paging-observer.ts';
import { isTextPage, isVisibleText } from './screen/text-memory.ts';
import type { TextObserver } from './screen/text-observer.ts';
import type { RunState } from './state/run-state.ts';
import type { Observer } from './walk.ts';

/** The observers of all lenses, which one pass over a trace feeds. */
export interface ObserverParts {
  readonly state: RunState;
  readonly paging: PagingObserver;
  readonly cells: CellsObserver;
  readonly events: EventObserver;
  readonly text: TextObserver;
}

/** Feeds them row by row, the state first; each by its own call, because there are millions of rows. */
export class RunObserver implements Observer {
  private readonly state: RunState;
  private readonly paging: PagingObserver;
  private readonly cells: CellsObserver;
  private readonly events: EventObserver;
  private readonly text: TextObserver;

  constructor({ state, paging, cells, events, text }: ObserverParts) {
    this.state = state;
    this.paging = paging;
    this.cells = cells;
    this.events = events;
    this.text = text;
  }

  writes(columns: WriteColumns, from: number, to: number): void {
    const { state, paging, cells, events, text } = this;
    const { physical } = columns;
    for (let row = from; row < to; ) {
      const concernsPaging = paging.concerns(physical[row]);
      if (concernsPaging) paging.beforeWrite(columns, row);
      state.write(columns, row);
      if (concernsPaging) paging.write(columns, row);
      if (events.isWaiting) events.write(columns, row);
      if (isVisibleText(physical[row])) text.write(columns, row++);
      else {
        // What a loop stores to one object concerns nobody else: the first row stands for the others.
        const isAlone = concernsPaging || isTextPage(physical[row]);
        row = cells.write(columns, row, isAlone ? row + 1 : to);
      }
    }
  }

  event(event: TraceEvent): void {
    this.state.event(event);
    this.paging.event(event);
    this.cells.event(event);
    this.events.event(event);
    this.text.event(event);
  }
}
