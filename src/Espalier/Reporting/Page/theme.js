/** Light or dark: as the system is set, until the button is pressed. */

const key = 'espalier-theme';

/** Connects the button. */
export function themeButton(button) {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const page = document.documentElement;
    const isDark = () => page.dataset.theme ? page.dataset.theme === 'dark' : system.matches;
    const show = () => {
        button.textContent = isDark() ? 'Light' : 'Dark';
        button.setAttribute('aria-label', isDark() ? 'Light colours' : 'Dark colours');
    };
    if (remembered()) {
        page.dataset.theme = remembered();
    }

    button.addEventListener('click', () => {
        page.dataset.theme = isDark() ? 'light' : 'dark';
        remember(page.dataset.theme);
        show();
    });
    system.addEventListener('change', show);
    show();
}

// A browser may deny a page its storage, as for files.
function remembered() {
    try {
        const theme = localStorage.getItem(key);
        return theme === 'light' || theme === 'dark' ? theme : null;
    } catch {
        return null;
    }
}

function remember(theme) {
    try {
        localStorage.setItem(key, theme);
    } catch {
        // it is chosen again next time
    }
}
