import { setNonce } from 'get-nonce';

/**
 * The nonce that the server put into the page. The content security policy allows only styles that
 * carry it. Empty in development, where there is no policy.
 */
export const styleNonce =
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

// Dialogs lock the page's scrolling with a style of their own.
if (styleNonce) setNonce(styleNonce);
