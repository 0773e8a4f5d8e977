/** The signed-in person who makes a request. Every service method takes one and asks a policy. */
export interface Viewer {
  id: string;
  name: string;
}
