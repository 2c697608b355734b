package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// process is a child that dies with this process.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
	url  string
}

// start starts cmd on a thread of its own, which the kernel watches for the child.
func start(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		defer close(p.done)
		unlock := tie(cmd)
		defer unlock()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
		}
	}()
	return p, <-started
}

// startReading is start, with the command's output to read; it ends with the process.
func startReading(cmd *exec.Cmd) (*process, io.Reader, error) {
	r, w := io.Pipe()
	cmd.Stdout = w
	p, err := start(cmd)
	if err != nil {
		return nil, nil, err
	}
	go func() {
		<-p.done
		_ = w.Close()
	}()
	return p, r, nil
}

func (p *process) wait() error {
	<-p.done
	return p.err
}

// stop asks the process to end, and makes it after three seconds.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(3 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// command is a command that ends with ctx: asked first, made after three seconds.
func (d *demo) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 3 * time.Second
	return cmd
}

// show runs a command whose output is for the reader.
func show(cmd *exec.Cmd) error {
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stdout
	p, err := start(cmd)
	if err != nil {
		return err
	}
	return p.wait()
}

// explain adds what a failed command said.
func explain(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
	}
	return err
}
