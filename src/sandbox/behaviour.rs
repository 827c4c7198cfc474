//! What each type of object does beyond keeping its fields.
