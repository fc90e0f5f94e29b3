"""
"Meeting m has reached offset n", from whoever appended to whoever shows.

The database orders; the bus only wakes. A lost, late or doubled wake changes nothing but delay: the
reader looks at the record.
"""
