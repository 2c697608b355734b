package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/term"

	"linecheck/checks/session"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/supportcmd"
	"linecheck/gui"
	"linecheck/gui/model"
)

// window is the window and what it is made of.
type window struct {
	cfg   gui.Config
	first *instance
	home  string
	wish  model.Wish
	err   io.Writer
	leave func() // leaves the session, for another program to go on with
}

// errNoOpenGL: the graphics do not suffice for a window.
var errNoOpenGL = errors.New("the graphics of this computer show no window (OpenGL 2.1 is needed)")

// withoutWindow goes on in a terminal where no window can be shown: in the one that
// the program was started from, or in a new one after a message that says so. Where
// there is none either it says what to do.
func withoutWindow(w io.Writer, words model.Words, home string, wish model.Wish, cause error) error {
	command := terminalCommand(home, wish)
	if term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd())) {
		_, _ = io.WriteString(w, name+": "+cause.Error()+"; the check goes on here\n")
		run := exec.Command(command[0], command[1:]...)
		run.Stdin, run.Stdout, run.Stderr = os.Stdin, os.Stdout, os.Stderr
		var exit *exec.ExitError
		switch err := run.Run(); {
		case err == nil:
			return nil
		case errors.As(err, &exit):
			return cli.End(exit.ExitCode())
		}
	}
	say(words.Name("gui.unavailable.title"), words.Name("gui.unavailable.text"))
	if inTerminal(command) == nil {
		return cli.Fail(cli.CouldNotRun, "%w; the check goes on in a terminal: %s", cause, shown(command))
	}
	return cli.Fail(cli.CouldNotRun, "%w; run '%s' in a terminal instead, it does the same check", cause, shown(command))
}

// terminalProgram is the terminal's program that lies beside this one, or its name where none does.
func terminalProgram() string {
	self, err := os.Executable()
	if err != nil {
		return supportcmd.Name
	}
	beside := filepath.Join(filepath.Dir(self), supportcmd.Name)
	if runtime.GOOS == "windows" {
		beside += ".exe"
	}
	if st, err := os.Stat(beside); err != nil || st.IsDir() {
		return supportcmd.Name
	}
	return beside
}

// typed is what people type to run a program: its name where a terminal finds it by that, and else its path.
func typed(program string) string {
	name := filepath.Base(program)
	if _, err := exec.LookPath(name); err == nil {
		return strings.TrimSuffix(name, ".exe")
	}
	if strings.Contains(program, " ") {
		return `"` + program + `"`
	}
	return program
}

// terminalCommand is the terminal program, for the same session.
func terminalCommand(home string, wish model.Wish) []string {
	command := []string{terminalProgram(), "run"}
	invite := wish.Text + wish.File
	if wish == (model.Wish{}) {
		invite = session.Unfinished(home)
	}
	if invite != "" {
		command = append(command, "--invite", invite)
	}
	return command
}

// longestShown is how long a command may be before it is shortened, in bytes.
const longestShown = 200

// shown is a command as people type it: a link is long, and is in the e-mail.
func shown(command []string) string {
	program := typed(command[0])
	line := strings.Join(append([]string{program}, command[1:]...), " ")
	if len(line) > longestShown {
		return program + " run --invite LINK"
	}
	return line
}
