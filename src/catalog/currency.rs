//! The currencies that Stripe is known to accept.

/// Their codes, in the order in which Stripe lists them.
const CODES: &str = "\
    usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny \
    cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr isk jmd \
    jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn \
    nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs \
    tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw usdc btn ghs eek lvl svc vef ltl sll \
    mro";

/// Returns the codes of all currencies, in lower case, as Stripe returns them.
pub fn currencies() -> impl Iterator<Item = &'static str> + Clone {
    CODES.split_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Kind, Member, Shape, catalog};

    /// Returns the paths of texts that are named after a currency.
    fn mere_texts(members: &[Member], place: &str) -> Vec<String> {
        let below = members.iter().flat_map(|member| {
            let path = format!("{place}.{}", member.name);
            let named = member.name == "currency" || member.name.ends_with("_currency");
            let found = (named && matches!(member.shape.kind, Kind::Text { .. })).then(|| path.clone());
            found.into_iter().chain(inside(&member.shape, &path)).collect::<Vec<_>>()
        });
        below.collect()
    }

    fn inside(shape: &Shape, path: &str) -> Vec<String> {
        match &shape.kind {
            Kind::Object(members) => mere_texts(members, path),
            Kind::List(item) | Kind::Set(item) | Kind::Map(item) => inside(item, path),
            Kind::Union(shapes) => shapes.iter().flat_map(|shape| inside(shape, path)).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn what_is_called_a_currency_is_one_at_every_depth() {
        let entities: Vec<_> = catalog().entities().filter_map(|name| catalog().entity(name)).collect();
        let fields = entities.iter().flat_map(|entity| mere_texts(&entity.fields, &entity.name));
        let calls = entities.iter().flat_map(|entity| &entity.operations);
        let params = calls.flat_map(|call| mere_texts(&call.params, &call.path));
        assert_eq!(fields.chain(params).collect::<Vec<_>>(), Vec::<String>::new());
    }
}
