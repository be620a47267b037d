/** Starts the page: language, theme, the one component. Refuses to know which screen is shown. */
import { mount } from 'svelte';
import App from './App.svelte';
import { getLocale, getTextDirection } from './i18n/generated/runtime.js';
import { loadPreferences } from './preferences.ts';
import './ui/theme.css';
import { applyTheme } from './ui/theme.ts';

document.documentElement.lang = getLocale();
document.documentElement.dir = getTextDirection();
applyTheme(loadPreferences().theme);

const target = document.getElementById('app');
if (target) mount(App, { target });
