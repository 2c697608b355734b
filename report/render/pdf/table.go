package pdf

// column is one column of a table: its heading and where it stands.
type column struct {
	head     string
	x, width float64
	right    bool
}

const (
	tableSize = 8.0
	tableLead = 10.5
)

// table draws rows with wrapped cells, and tells the headings again on each page.
func (s *sheet) table(columns []column, rows [][]string) {
	s.need(40)
	s.heads(columns)
	for i, row := range rows {
		if i == maxRows {
			s.paragraph(style{size: tableSize, color: grey()}, left, width, s.blank("pdf.beyond", "n", itoa(len(rows)-i)))
			return
		}
		cells := make([][]string, len(row))
		height := 0
		for j, text := range row {
			cells[j] = s.wrap(style{size: tableSize}, columns[j].width, text)
			height = max(height, len(cells[j]))
		}
		if s.y+float64(height)*tableLead+4 > bottom {
			s.need(bottom)
			s.heads(columns)
		}
		for j, lines := range cells {
			for k, l := range lines {
				c := columns[j]
				s.text(style{size: tableSize, color: ink(), right: c.right}, c.x, s.y+9+float64(k)*tableLead, c.width, l)
			}
		}
		s.y += float64(height)*tableLead + 4
		s.rule(s.y)
	}
	s.y += 4
}

func (s *sheet) heads(columns []column) {
	for _, c := range columns {
		s.text(style{size: 7, color: grey(), right: c.right}, c.x, s.y+8, c.width, s.word(c.head))
	}
	s.y += 12
	s.rule(s.y)
}
