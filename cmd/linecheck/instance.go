package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
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
	listener net.Listener // nil where none could be made, as where the folder's path is too long for it
	home     string

	mu      sync.Mutex
	open    func(model.Wish) // nil while the window is not there
	waiting []model.Wish
}

const (
	// handover is how long a window may take to take an invite, in one attempt of several:
	// the first may come to nothing where the window has just begun to listen.
	handover = 5 * time.Second
	attempt  = 1500 * time.Millisecond
	// longestWish bounds what is read of a hand-over, in bytes.
	longestWish = 1 << 20
)

// claim makes this process the one with the window, or hands the wish to the one that
// has it, and then returns nil.
func claim(home string, w model.Wish) (*instance, error) {
	i := &instance{lock: flock.New(filepath.Join(home, "window.lock")), home: home}
	ok, err := i.lock.TryLock()
	if err != nil {
		return nil, cli.Fail(cli.CouldNotRun, "the folder for results cannot be used: %w", err)
	}
	if !ok {
		return nil, handOver(home, w)
	}
	if i.listener, err = listen(home); err == nil {
		go i.serve()
	}
	return i, nil
}

// handOver gives a wish to the window that is open. It may be about to open.
func handOver(home string, w model.Wish) error {
	ctx, cancel := context.WithTimeout(context.Background(), handover)
	defer cancel()
	for {
		err := tell(home, w)
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

func tell(home string, w model.Wish) error {
	c, err := dial(home, attempt)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(attempt)); err != nil {
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
	i.give(w)
	_ = json.NewEncoder(c).Encode(true)
}

// give opens a wish in the window, or keeps it until the window is there.
func (i *instance) give(w model.Wish) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.open == nil {
		i.waiting = append(i.waiting[:0], w) // only the newest counts
		return
	}
	i.open(w)
}

// giveLink opens a link that came from the system and not as an argument. Any program may
// send one, and anything for one: a file's name, say, is none.
func (i *instance) giveLink(link string) {
	if strings.HasPrefix(link, linkScheme) && len(link) <= longestWish {
		i.give(model.Wish{Text: link})
	}
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
		_ = i.listener.Close() // which takes it away, too
	}
	_ = i.lock.Unlock()
}
