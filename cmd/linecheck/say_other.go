//go:build !windows

package main

import (
	"os/exec"
	"runtime"
)

// say shows a message with what the desktop has for it. Where there is nothing, the
// line on stderr says the same.
func say(title, text string) {
	all := [][]string{
		{"zenity", "--warning", "--title", title, "--text", text}, {"kdialog", "--title", title, "--sorry", text},
		{"xmessage", "-center", title + "\n\n" + text}, {"notify-send", title, text},
	}
	if runtime.GOOS == "darwin" {
		all = [][]string{{"osascript", "-e", "on run {a, b}", "-e", "display alert a message b", "-e", "end run", title, text}}
	}
	for _, command := range all {
		if _, err := exec.LookPath(command[0]); err == nil && start(command...) == nil {
			return
		}
	}
}
