import { TextDecoder, TextEncoder } from 'node:util';

/** Mantine and React Router use these browser interfaces, and jsdom has none of them. */

class ResizeObserverStub implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

class IntersectionObserverStub implements IntersectionObserver {
  readonly root = null;
  readonly rootMargin = '';
  readonly scrollMargin = '';
  readonly thresholds = [];
  observe() {}
  unobserve() {}
  disconnect() {}
  takeRecords() {
    return [];
  }
}

/** No media query matches: a light colour scheme and no reduced motion. */
const matchMedia = (media: string): MediaQueryList => ({
  media,
  matches: false,
  onchange: null,
  addEventListener() {},
  removeEventListener() {},
  addListener() {},
  removeListener() {},
  dispatchEvent: () => false,
});

Object.assign(window, { matchMedia });
Object.assign(globalThis, {
  TextDecoder,
  TextEncoder,
  ResizeObserver: ResizeObserverStub,
  IntersectionObserver: IntersectionObserverStub,
});
Element.prototype.scrollIntoView = () => {};
