import { render } from 'preact';
import { App, start } from './app';

start();
render(<App />, document.body);
