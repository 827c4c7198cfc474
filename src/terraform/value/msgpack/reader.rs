//! Reads the tokens of MessagePack from a slice: one head at a time, with its offset.

/// One token. An array or a map is only its head: its items follow as further tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'b> {
    Nil,
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Text(&'b [u8]),
    Binary(&'b [u8]),
    Array(usize),
    Map(usize),
    Extension(i8, &'b [u8]),
}

/// Why no token could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum ReadError {
    #[error("the bytes end too early")]
    Short,
    #[error("{0:#04x} starts no value")]
    Unused(u8),
}

/// Reads tokens from a slice.
#[derive(Debug)]
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    offset: usize,
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    pub(super) fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.offset..).unwrap_or_default()
    }

    /// Reads the next token.
    pub(super) fn token(&mut self) -> Result<Token<'b>, ReadError> {
        let [head] = self.array()?;
        Ok(match head {
            0x00..=0x7f => Token::Unsigned(head.into()),
            0x80..=0x8f => self.container(usize::from(head & 0x0f), 2, Token::Map)?,
            0x90..=0x9f => self.container(usize::from(head & 0x0f), 1, Token::Array)?,
            0xa0..=0xbf => Token::Text(self.take(usize::from(head & 0x1f))?),
            0xc0 => Token::Nil,
            0xc1 => return Err(ReadError::Unused(head)),
            0xc2 => Token::Bool(false),
            0xc3 => Token::Bool(true),
            0xc4..=0xc6 => Token::Binary(self.sized(head - 0xc4)?),
            0xc7..=0xc9 => self.extension(head - 0xc7)?,
            0xca => Token::Float(f32::from_be_bytes(self.array()?).into()),
            0xcb => Token::Float(f64::from_be_bytes(self.array()?)),
            0xcc..=0xcf => Token::Unsigned(self.unsigned(head - 0xcc)?),
            0xd0 => Token::Signed(i8::from_be_bytes(self.array()?).into()),
            0xd1 => Token::Signed(i16::from_be_bytes(self.array()?).into()),
            0xd2 => Token::Signed(i32::from_be_bytes(self.array()?).into()),
            0xd3 => Token::Signed(i64::from_be_bytes(self.array()?)),
            0xd4..=0xd8 => self.fixed_extension(1 << (head - 0xd4))?,
            0xd9..=0xdb => Token::Text(self.sized(head - 0xd9)?),
            0xdc | 0xdd => {
                let length = self.length(head - 0xdb)?;
                self.container(length, 1, Token::Array)?
            }
            0xde | 0xdf => {
                let length = self.length(head - 0xdd)?;
                self.container(length, 2, Token::Map)?
            }
            0xe0..=0xff => Token::Signed(i8::from_be_bytes([head]).into()),
        })
    }

    /// Reads a head whose items must fit into the remaining bytes, at one byte or more each.
    fn container(
        &self,
        length: usize,
        bytes_each: usize,
        token: fn(usize) -> Token<'b>,
    ) -> Result<Token<'b>, ReadError> {
        let least = length.checked_mul(bytes_each).ok_or(ReadError::Short)?;
        if least > self.rest().len() { Err(ReadError::Short) } else { Ok(token(length)) }
    }

    fn extension(&mut self, width: u8) -> Result<Token<'b>, ReadError> {
        let length = self.length(width)?;
        self.fixed_extension(length)
    }

    fn fixed_extension(&mut self, length: usize) -> Result<Token<'b>, ReadError> {
        let kind = i8::from_be_bytes(self.array()?);
        Ok(Token::Extension(kind, self.take(length)?))
    }

    /// Reads bytes that are preceded by a length of 1, 2 or 4 bytes.
    fn sized(&mut self, width: u8) -> Result<&'b [u8], ReadError> {
        let length = self.length(width)?;
        self.take(length)
    }

    fn length(&mut self, width: u8) -> Result<usize, ReadError> {
        usize::try_from(self.unsigned(width)?).map_err(|_| ReadError::Short)
    }

    /// Reads an unsigned integer of 2^width bytes.
    fn unsigned(&mut self, width: u8) -> Result<u64, ReadError> {
        Ok(match width {
            0 => u8::from_be_bytes(self.array()?).into(),
            1 => u16::from_be_bytes(self.array()?).into(),
            2 => u32::from_be_bytes(self.array()?).into(),
            _ => u64::from_be_bytes(self.array()?),
        })
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        self.take(N)?.try_into().map_err(|_| ReadError::Short)
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8], ReadError> {
        let taken = self.rest().get(..length).ok_or(ReadError::Short)?;
        self.offset += length;
        Ok(taken)
    }
}
