//! The JSON that `product.md` promises.
