package store

import (
	"errors"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	embedded "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Full says whether an error is that there is no room left where the database is.
func Full(err error) bool {
	var own *embedded.Error
	var other *pgconn.PgError
	switch {
	case errors.As(err, &own):
		return own.Code()&0xff == sqlite3.SQLITE_FULL
	case errors.As(err, &other):
		return other.Code == "53100" // disk_full
	}
	return errors.Is(err, syscall.ENOSPC)
}
