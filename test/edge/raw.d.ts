/** A file imported as its text, by Vite. */
declare module '*?raw' {
  const content: string;
  export default content;
}
