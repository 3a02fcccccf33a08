// Where the page begins.
import { render } from 'preact';
import { App } from './app';
import './styles/ground.css';
import './styles/controls.css';
import './styles/frame.css';
import './styles/documents.css';
import './styles/screens.css';

const place = document.getElementById('portal');
if (place) {
  render(<App />, place);
}
