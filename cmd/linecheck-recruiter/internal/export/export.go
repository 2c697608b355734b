// Package export writes what is told of many reports, for spreadsheets (CSV) and for
// programs (JSON lines). Each report is read and verified anew from what was received. Which
// reports there are the store says, and who may have them is decided elsewhere.
package export

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/strict"
	"linecheck/report/verify"
)

// Format is a form of an export.
type Format string

// The formats.
const (
	CSV       Format = "csv"
	JSONLines Format = "jsonl"
)

// ErrFormat: there is no format of that name.
var ErrFormat = errors.New("the formats are csv and jsonl")

// page is how many reports are listed at once.
const page = 1000

// lines takes one row after another.
type lines interface {
	write(Row) error
	// flush writes what is held back.
	flush() error
}

// Write writes one row for each report that a query finds, in its order, and returns how many
// those are. One that cannot be read has its error in its row. However many there are, memory
// stays bounded; reports that are received or erased meanwhile may be missing. now says which reports
// are still good. The query's Limit and After mean nothing here.
func Write(ctx context.Context, w io.Writer, format Format, t *store.Tenant, trust verify.Trust, q store.Query, now time.Time) (n int, err error) {
	buffer := bufio.NewWriter(w)
	var out lines
	switch format {
	case CSV:
		out = newTable(buffer)
	case JSONLines:
		out = objects{buffer}
	default:
		return 0, fmt.Errorf("%q: %w", format, ErrFormat)
	}
	if n, err = writeAll(ctx, out, reader{t, trust, now}, q); err != nil {
		return n, err
	}
	if err := out.flush(); err != nil {
		return n, err
	}
	return n, buffer.Flush()
}

func writeAll(ctx context.Context, out lines, r reader, q store.Query) (n int, err error) {
	q.Limit, q.After = page, ""
	for {
		p, err := r.store.List(ctx, q)
		if err != nil {
			return n, err
		}
		for _, listed := range p.Rows {
			row, err := r.row(ctx, listed)
			if errors.Is(err, store.ErrUnknown) { // erased since it was listed
				continue
			}
			if err == nil {
				err = out.write(row)
			}
			if err != nil {
				return n, err
			}
			n++
		}
		if q.After = p.Next; q.After == "" {
			return n, nil
		}
	}
}

// objects writes each row as a JSON object on a line of its own.
type objects struct{ w io.Writer }

func (o objects) write(r Row) error {
	line, err := strict.Encode(r)
	if err == nil {
		_, err = o.w.Write(append(line, '\n'))
	}
	return err
}

func (o objects) flush() error { return nil }
