package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"linecheck/cmd/internal/cli"
	"linecheck/gui/model"
)

// instance is the one window of a person. Who starts the program again, as by
// clicking on an invite's link, hands the invite over to it.
type instance struct {
	lock     *flock.Flock
	listener net.Listener // nil where none could be made, as where the folder's path is too long for a socket
	path     string

	mu      sync.Mutex
	open    func(model.Wish) // nil while the window is not there
	waiting []model.Wish
}

const (
	// handover is how long a window may take to take an invite.
	handover = 3 * time.Second
	// longestWish bounds what is read of a hand-over, in bytes.
	longestWish = 1 << 20
)

// claim makes this process the one with the window, or hands the wish to the one that
// has it, and then returns nil.
func claim(home string, w model.Wish) (*instance, error) {
	i := &instance{lock: flock.New(filepath.Join(home, "window.lock")), path: filepath.Join(home, "window.sock")}
	ok, err := i.lock.TryLock()
	if err != nil {
		return nil, cli.Fail(cli.CouldNotRun, "the folder for results cannot be used: %w", err)
	}
	if !ok {
		return nil, handOver(i.path, w)
	}
	_ = os.Remove(i.path) // of a process that is no more
	if i.listener, err = net.Listen("unix", i.path); err == nil {
		go i.serve()
	}
	return i, nil
}

// handOver gives a wish to the window that is open. It may be about to open.
func handOver(path string, w model.Wish) error {
	if w.File != "" { // the other process may stand in another folder
		if abs, err := filepath.Abs(w.File); err == nil {
			w.File = abs
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), handover)
	defer cancel()
	for {
		err := tell(path, w)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return cli.Fail(cli.CouldNotRun, "Linecheck is open already, but its window does not answer (%v); close it and try again", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func tell(path string, w model.Wish) error {
	c, err := net.DialTimeout("unix", path, handover)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(handover)); err != nil {
		return err
	}
	if err := json.NewEncoder(c).Encode(w); err != nil {
		return err
	}
	var taken bool
	if err := json.NewDecoder(c).Decode(&taken); err != nil || !taken {
		return errors.Join(err, errors.New("it was not taken"))
	}
	return nil
}

// serve takes what others hand over.
func (i *instance) serve() {
	for {
		c, err := i.listener.Accept()
		if err != nil {
			return
		}
		go i.take(c)
	}
}

func (i *instance) take(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(handover))
	var w model.Wish
	if err := json.NewDecoder(io.LimitReader(c, longestWish)).Decode(&w); err != nil {
		return
	}
	i.mu.Lock()
	if i.open == nil {
		i.waiting = append(i.waiting[:0], w) // only the newest counts
	} else {
		i.open(w)
	}
	i.mu.Unlock()
	_ = json.NewEncoder(c).Encode(true)
}

// shown says that the window is there: it takes what was handed over, from now on at once.
func (i *instance) shown(open func(model.Wish)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.open = open
	for _, w := range i.waiting {
		open(w)
	}
	i.waiting = nil
}

// release lets another window open.
func (i *instance) release() {
	if i.listener != nil {
		_ = i.listener.Close()
		_ = os.Remove(i.path)
	}
	_ = i.lock.Unlock()
}
