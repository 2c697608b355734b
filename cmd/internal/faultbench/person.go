//go:build linux

package main

import (
	"context"
	"io"
	"os"
	"strings"
	"time"

	"linecheck/checks/audio/virtual"
	"linecheck/cmd/internal/wiring"
)

// person sits at the terminal: presses Enter now and then, and reads aloud when told to.
type person struct {
	ctx     context.Context
	seen    strings.Builder
	cue     string       // what tells them to read
	read    func() error // nil where what is heard is not theirs
	reading bool
}

func (p *person) Read(b []byte) (int, error) {
	select {
	case <-p.ctx.Done():
		return 0, io.EOF
	case <-time.After(700 * time.Millisecond):
		b[0] = '\n'
		return 1, nil
	}
}

// Write is what they see.
func (p *person) Write(b []byte) (int, error) {
	p.seen.Write(b)
	if p.read != nil && !p.reading && strings.Contains(p.seen.String(), p.cue) {
		p.reading = true
		if err := p.read(); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// atTerminal runs a command at a terminal of its own with somebody at it. It returns
// the command's standard output, and what was to be seen.
func (w *world) atTerminal(ctx context.Context, f fault, args []string) (out []byte, seen string, err error) {
	words, err := wiring.Messages("en")
	if err != nil {
		return nil, "", err
	}
	p := &person{ctx: ctx, cue: words.Name("audio.microphone") + ": " + words.Name("stage.speak")}
	var reader *virtual.Player
	if f.reads {
		p.read = func() (err error) {
			reader, err = w.sound.Play(virtual.Headset, voice())
			return err
		}
	}
	defer func() {
		if reader != nil {
			reader.Stop()
		}
	}()
	file := w.path("answer.json")
	_ = os.Remove(file)
	cmd := w.command(ctx, []string{"script", "-qec", strings.Join(args, " ") + " >" + file, "/dev/null"})
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p, p, p
	cmd.WaitDelay = time.Second
	if failed := cmd.Run(); ctx.Err() != nil {
		return nil, p.seen.String(), failed
	}
	out, err = os.ReadFile(file)
	return out, p.seen.String(), err
}
