package accesslog

// Years outside these are typing errors or hostile; nanoseconds since 1970 fit an int64 until 2262.
const firstYear, lastYear = 1970, 2199

// instant reads a point in time, ns since 1970 UTC, in any notation of web server logs, recognised by its shape:
//
//	02/Jan/2006:15:04:05 -0700     common log format ($time_local, %t); a fraction of the second is allowed
//	2006-01-02T15:04:05.999+07:00  ISO 8601 ($time_iso8601); a space may stand for the T, Z for the offset
//	1136214245.123                 seconds since 1970 ($msec); 13 digits are ms, 16 digits µs
//
// A time without an offset is taken as UTC.
func instant(b []byte) (int64, bool) {
	switch {
	case len(b) >= 20 && b[2] == '/':
		month, ok := monthOf(b[3:6])
		if !ok || b[6] != '/' || b[11] != ':' {
			return 0, false
		}
		return civil(digits(b[7:11]), month, digits(b[0:2]), b[12:])
	case len(b) >= 19 && b[4] == '-':
		if b[7] != '-' || b[10] != 'T' && b[10] != ' ' {
			return 0, false
		}
		return civil(digits(b[0:4]), digits(b[5:7]), digits(b[8:10]), b[11:])
	default:
		return epoch(b)
	}
}

// civil joins a date with the rest of a time, which starts at the hours: "15:04:05[.999][ ][offset]".
func civil(year, month, day int, clock []byte) (int64, bool) {
	if clock[2] != ':' || clock[5] != ':' {
		return 0, false
	}
	h, m, s := digits(clock[0:2]), digits(clock[3:5]), digits(clock[6:8])
	if year < firstYear || year > lastYear || month < 1 || month > 12 || day < 1 || day > monthDays(year, month) ||
		h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60 {
		return 0, false
	}
	nanos, rest, ok := fraction(clock[8:])
	if !ok {
		return 0, false
	}
	offset, ok := zone(rest)
	if !ok {
		return 0, false
	}
	seconds := int64(daysSince1970(year, month, day))*86400 + int64(h*3600+m*60+s-offset)
	return seconds*1e9 + nanos, true
}

// fraction reads an optional ".123" as ns; digits beyond the ninth are dropped.
func fraction(b []byte) (nanos int64, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '.' && b[0] != ',' {
		return 0, b, true
	}
	i, unit := 1, int64(1e8)
	for ; i < len(b) && isDigit(b[i]); i++ {
		nanos += unit * int64(b[i]-'0')
		unit /= 10
	}
	return nanos, b[i:], i > 1
}

// zone reads "", "Z", "-0700", "+07:00" or the same after a space, as seconds east of Greenwich.
func zone(b []byte) (int, bool) {
	if len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	if len(b) == 0 || len(b) == 1 && b[0] == 'Z' {
		return 0, true
	}
	if len(b) == 6 && b[3] == ':' {
		b = []byte{b[0], b[1], b[2], b[4], b[5]}
	}
	if len(b) != 5 || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	h, m := digits(b[1:3]), digits(b[3:5])
	if h < 0 || h > 15 || m < 0 || m > 59 {
		return 0, false
	}
	if b[0] == '-' {
		return -(h*3600 + m*60), true
	}
	return h*3600 + m*60, true
}

// epoch reads a count of seconds, ms or µs since 1970 by its number of digits.
func epoch(b []byte) (int64, bool) {
	i, n := 0, int64(0)
	for ; i < len(b) && i < 17 && isDigit(b[i]); i++ {
		n = n*10 + int64(b[i]-'0')
	}
	unit := int64(0)
	switch i {
	case 9, 10:
		unit = 1e9
	case 13:
		unit = 1e6
	case 16:
		unit = 1e3
	}
	nanos, rest, ok := fraction(b[i:])
	const last = (lastYear - firstYear) * 366 * 86400 * 1e9
	if !ok || unit == 0 || len(rest) > 0 || nanos > 0 && unit != 1e9 || n > last/unit {
		return 0, false
	}
	return n*unit + nanos, true
}

// digits is the value of a few decimal digits, negative if any byte is none.
func digits(b []byte) int {
	n := 0
	for _, c := range b {
		if !isDigit(c) {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func monthOf(b []byte) (int, bool) {
	switch string(b) {
	case "Jan":
		return 1, true
	case "Feb":
		return 2, true
	case "Mar":
		return 3, true
	case "Apr":
		return 4, true
	case "May":
		return 5, true
	case "Jun":
		return 6, true
	case "Jul":
		return 7, true
	case "Aug":
		return 8, true
	case "Sep":
		return 9, true
	case "Oct":
		return 10, true
	case "Nov":
		return 11, true
	case "Dec":
		return 12, true
	}
	return 0, false
}

func monthDays(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysSince1970 counts days of the proleptic Gregorian calendar in years that begin in March, so that a leap day is the
// last (E. Reingold and N. Dershowitz, Calendrical Calculations; written after H. Hinnant's days_from_civil).
func daysSince1970(year, month, day int) int {
	if month <= 2 {
		year--
		month += 12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1 - 719468
}
