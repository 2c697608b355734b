//go:build !windows

package main

import (
	"errors"
	"os"
	"runtime"
	"strings"
)

// errNoTerminal: none of the terminals that are known is there.
var errNoTerminal = errors.New("no terminal is there")

// inTerminal starts a command in a new terminal, in the likeliest that is there.
func inTerminal(command []string) error {
	for _, t := range terminals(runtime.GOOS, command) {
		if start(t...) == nil {
			return nil
		}
	}
	return errNoTerminal
}

// terminals are commands that open a terminal with a command in it, the likeliest first. On macOS a shell reads it:
// every word is quoted.
func terminals(system string, command []string) [][]string {
	with := func(before ...string) []string { return append(before, command...) }
	switch {
	case system == "darwin":
		quoted := make([]string, len(command))
		for i, c := range command {
			quoted[i] = "'" + strings.ReplaceAll(c, "'", `'\''`) + "'"
		}
		script := strings.ReplaceAll(strings.ReplaceAll(strings.Join(quoted, " "), `\`, `\\`), `"`, `\"`)
		return [][]string{{"osascript", "-e", `tell application "Terminal" to activate`, "-e", `tell application "Terminal" to do script "` + script + `"`}}
	case os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "":
		return nil
	default:
		return [][]string{with("x-terminal-emulator", "-e"), with("gnome-terminal", "--"), with("konsole", "-e"), with("xfce4-terminal", "-x"), with("xterm", "-e")}
	}
}
