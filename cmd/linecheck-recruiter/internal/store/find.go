package store

import "context"

// Stored is a report as it is kept.
type Stored struct {
	// Bundle is what came, byte for byte; Receipt is what was given for it.
	Bundle, Receipt []byte
}

// Between are the reports whose hex digests lie between two, both included: at most ten.
func (s *Store) Between(ctx context.Context, first, last string) (list []Stored, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT bundle, receipt FROM reports WHERE digest BETWEEN ? AND ? ORDER BY digest LIMIT 10`, first, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r Stored
		if err := rows.Scan(&r.Bundle, &r.Receipt); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}
