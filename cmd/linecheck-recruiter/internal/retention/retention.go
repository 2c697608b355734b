// Package retention erases what an organisation keeps no longer, once its days are over. How
// long that is, the organisation sets; how something is erased, the store knows. Nothing is erased
// here that a person asks for by hand.
package retention

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// Setting is the name under which the store has for how many days reports are kept, and invites
// after their end. Where it is empty everything is kept.
const Setting = "retention.days"

// MostDays is the longest time that can be set: a hundred years.
const MostDays = 36_500

// ErrDays: what was set is no number of days.
var ErrDays = errors.New("not a number of days from 1 to 36500")

// Days reads the setting. 0 says that everything is kept.
func Days(value string) (int, error) {
	if value == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > MostDays || strconv.Itoa(n) != value {
		return 0, fmt.Errorf("%q is %w", value, ErrDays)
	}
	return n, nil
}

// Store is what is needed of the organisation's database.
type Store interface {
	// Setting is a value that was set; empty where none was.
	Setting(ctx context.Context, name string) (string, error)
	// EraseBefore erases what is older than a time, so many at most; 0 says that nothing is left.
	EraseBefore(ctx context.Context, received time.Time, most int, who string, now time.Time) (erased int, err error)
}

// who is who acts, in the audit log.
const who = "retention"

const (
	every = time.Hour
	// Erasing holds up whoever sends a report: one portion for some hundredths of
	// a second, and then it is their turn.
	portion = 20
	pause   = 50 * time.Millisecond
)

// Run erases what is over at once, and again every hour, until ctx ends. Several servers may do so
// for one organisation. What fails is logged, and tried again an hour later.
func Run(ctx context.Context, s Store, log *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		n, err := erase(ctx, s, time.Now().UTC())
		if n > 0 {
			log.Info("erased what is kept no longer", "erased", n)
		}
		if err != nil && ctx.Err() == nil {
			log.Error("erase what is kept no longer", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// erase erases all that is over by now, in portions, and returns how much that was.
func erase(ctx context.Context, s Store, now time.Time) (sum int, err error) {
	value, err := s.Setting(ctx, Setting)
	if err != nil {
		return 0, err
	}
	days, err := Days(value)
	if err != nil || days == 0 {
		return 0, err
	}
	for {
		n, err := s.EraseBefore(ctx, now.AddDate(0, 0, -days), portion, who, now)
		sum += n
		if err != nil || n == 0 {
			return sum, err
		}
		select {
		case <-ctx.Done():
			return sum, ctx.Err()
		case <-time.After(pause):
		}
	}
}

var _ Store = (*store.Tenant)(nil)
