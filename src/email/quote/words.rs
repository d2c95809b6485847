//! The words of mail clients in the languages that they speak. All lower case.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldName {
    From,
    To,
    Date,
    Subject,
    Other,
}

use FieldName::{Date, From, Other, Subject, To};

#[rustfmt::skip]
pub const FIELDS: &[(&str, FieldName)] = &[
    ("from", From), ("von", From), ("de", From), ("da", From), ("van", From), ("från", From), ("fra", From), ("lähettäjä", From), ("od", From), ("от", From),
    ("від", From), ("kimden", From), ("gönderen", From), ("发件人", From), ("寄件者", From), ("寄件人", From), ("差出人", From), ("送信者", From), ("보낸 사람", From),
    ("보낸사람", From), ("från/from", From), ("feladó", From), ("expeditor", From), ("de la", From), ("από", From), ("מאת", From), ("من", From), ("di", From),
    ("expéditeur", From), ("remitente", From), ("mittente", From), ("to", To), ("an", To), ("à", To), ("a", To), ("para", To), ("aan", To), ("till", To),
    ("til", To), ("vastaanottaja", To), ("do", To), ("komu", To), ("кому", To), ("per", To), ("kime", To), ("alıcı", To), ("收件人", To), ("收件者", To),
    ("宛先", To), ("받는 사람", To), ("받는사람", To), ("címzett", To), ("către", To), ("προς", To), ("אל", To), ("إلى", To), ("destinataire", To),
    ("destinatario", To), ("destinatário", To), ("date", Date), ("sent", Date), ("datum", Date), ("gesendet", Date), ("gesendet am", Date), ("envoyé", Date),
    ("envoyé le", Date), ("enviado", Date), ("enviado el", Date), ("enviada em", Date), ("enviada", Date), ("enviado em", Date), ("fecha", Date),
    ("data", Date), ("inviato", Date), ("data invio", Date), ("verzonden", Date), ("verstuurd", Date), ("skickat", Date), ("skickades", Date),
    ("sendt", Date), ("dato", Date), ("lähetetty", Date), ("päivämäärä", Date), ("päiväys", Date), ("wysłano", Date), ("wysłane", Date), ("odesláno", Date),
    ("отправлено", Date), ("дата", Date), ("надіслано", Date), ("gönderildi", Date), ("tarih", Date), ("gönderilme tarihi", Date), ("发送时间", Date),
    ("日期", Date), ("時間", Date), ("傳送時間", Date), ("送信日時", Date), ("日時", Date), ("日付", Date), ("보낸 날짜", Date), ("날짜", Date), ("küldve", Date),
    ("elküldve", Date), ("trimis", Date), ("dată", Date), ("στάλθηκε", Date), ("ημερομηνία", Date), ("נשלח", Date), ("תאריך", Date), ("التاريخ", Date),
    ("sent on", Date), ("time", Date), ("dátum", Date), ("odoslané", Date), ("subject", Subject), ("betreff", Subject), ("objet", Subject),
    ("asunto", Subject), ("oggetto", Subject), ("onderwerp", Subject), ("assunto", Subject), ("ämne", Subject), ("emne", Subject), ("aihe", Subject),
    ("temat", Subject), ("předmět", Subject), ("predmet", Subject), ("тема", Subject), ("konu", Subject), ("主题", Subject), ("主題", Subject), ("主旨", Subject),
    ("件名", Subject), ("제목", Subject), ("tárgy", Subject), ("subiect", Subject), ("θέμα", Subject), ("נושא", Subject), ("الموضوع", Subject), ("cc", Other),
    ("bcc", Other), ("kopie", Other), ("kopia", Other), ("kopio", Other), ("reply-to", Other), ("antwort an", Other), ("répondre à", Other),
    ("responder a", Other), ("organization", Other), ("importance", Other), ("priority", Other), ("attachments", Other), ("anlagen", Other),
    ("pièces jointes", Other), ("datos adjuntos", Other), ("allegati", Other), ("bijlagen", Other), ("sender", Other), ("抄送", Other), ("副本", Other),
    ("참조", Other), ("копия", Other), ("másolat", Other), ("wichtigkeit", Other), ("sensitivity", Other), ("message-id", Other), ("sent by", Other),
];

/// With a colon after them (or in a frame) they open quoted history.
#[rustfmt::skip]
pub const VERBS: &[&str] = &[
    "wrote", "writes", "schrieb", "hat geschrieben", "geschrieben", "a écrit", "a ecrit", "écrit", "escribió", "escribio", "ha escrito", "ha scritto",
    "scrisse", "scriveva", "schreef", "heeft geschreven", "het volgende geschreven", "escreveu", "skrev", "kirjoitti", "napisał", "napisał(a)", "napisała",
    "pisze", "napsal", "napsal(a)", "napísal", "написал", "написала", "написал(а)", "пишет", "написав", "пише", "wrote this message", "yazdı", "yazmış",
    "şunu yazdı", "写道", "寫道", "írta", "a scris", "έγραψε", "כתב", "כתבה", "كتب", "さんは書きました", "wrote the following", "のメール", "님이 작성", "작성", "đã viết",
    "menulis", "va escriure", "ha escrit", "escribiu", "rašė", "rakstīja", "kirjutas", "je napisao", "je napisal", "написа", "said", "schreibt", "skriver",
    "wrote (", "wiadomość napisana przez", "şunları yazdı", "ezt írta", "เขียนว่า", "је написао", "je oseba", "je napisala", "skrifaði", "escrigué", "namens",
];

/// How an attribution may begin.
#[rustfmt::skip]
pub const OPENINGS: &[&str] = &[
    "on ", "am ", "le ", "el ", "il ", "in data ", "op ", "em ", "den ", "dnia ", "w dniu ", "dne ", "no dia ", "a ", "på ", "em:", "el:", "pe ", "στις ",
    "в ", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "mo", "di", "mi", "do", "fr", "sa", "so", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "jue",
    "vie", "sáb", "dom", "gio", "sab", "seg", "ter", "qua", "qui", "sex", "tis", "tors", "lör", "sön", "tir", "ons", "lør", "søn", "man", "ma ", "za ", "zo ",
    "wo ", "vr ", "pon", "wt", "śr", "czw", "pt", "sob", "niedz", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "поне", "ср.", "суб", "воск", "ke ", "ti ", "to ",
    "pe ", "la ", "su ", "去", "在", "於", "于",
];

/// In a frame of dashes.
#[rustfmt::skip]
pub const SEPARATORS: &[&str] = &[
    "original message", "original mail", "original email", "original appointment", "forwarded message", "forwarded by", "forward message", "reply message",
    "replied message", "reply above this line", "ursprüngliche nachricht", "ursprüngliche mail", "ursprüngliche e-mail", "original-nachricht",
    "originalnachricht", "urspr. nachricht", "weitergeleitete nachricht", "antwortnachricht", "message d'origine", "message d’origine", "message original",
    "message initial", "message transféré", "message transmis", "mensaje original", "mensaje reenviado", "messaggio originale", "messaggio inoltrato",
    "messaggio originario", "oorspronkelijk bericht", "originele bericht", "origineel bericht", "doorgestuurd bericht", "mensagem original",
    "mensagem encaminhada", "ursprungligt meddelande", "originalmeddelande", "vidarebefordrat meddelande", "oprindelig meddelelse", "original meddelelse",
    "videresendt meddelelse", "opprinnelig melding", "videresendt melding", "alkuperäinen viesti", "välitetty viesti", "wiadomość oryginalna",
    "oryginalna wiadomość", "wiadomość przekazana", "původní zpráva", "původní e-mail", "přeposlaná zpráva", "pôvodná správa", "исходное сообщение",
    "оригинальное сообщение", "пересылаемое сообщение", "пересланное сообщение", "початкове повідомлення", "eredeti üzenet", "továbbított üzenet",
    "mesaj original", "mesajul original", "özgün ileti", "orijinal mesaj", "iletilmiş mesaj", "原始邮件", "原始郵件", "转发的邮件", "转发邮件", "轉寄郵件", "元のメッセージ",
    "転送されたメッセージ", "转发邮件信息", "원본 메시지", "전달된 메시지", "αρχικό μήνυμα", "הודעה מקורית", "الرسالة الأصلية", "missatge original",
];

/// With a colon, without a frame (Apple Mail).
#[rustfmt::skip]
pub const FORWARD_OPENINGS: &[&str] = &[
    "begin forwarded message", "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail", "début du message réexpédié",
    "début du message transféré", "inicio del mensaje reenviado", "inizio messaggio inoltrato", "begin doorgestuurd bericht",
    "início da mensagem reencaminhada", "início da mensagem encaminhada", "vidarebefordrat brev", "vidarebefordrat mejl", "videresendt besked",
    "start på videresendt besked", "videresendt melding", "start på videresendt e-post", "välitetty viesti alkaa", "początek przekazywanej wiadomości",
    "začátek přeposílané zprávy", "начало переадресованного сообщения", "转发的邮件", "下面是被转发的邮件", "開始轉寄郵件", "転送されたメッセージ", "전달된 메시지 시작",
    "İletilen mesajın başlangıcı",
];

/// What mail apps put below a text. A line that opens with one of these and says little more.
#[rustfmt::skip]
pub const APP_SIGNATURES: &[&str] = &[
    "sent from my", "sent from mail", "sent from outlook", "sent from yahoo", "sent from samsung", "sent from gmail", "sent from proton", "sent from icloud",
    "sent from aol", "sent from windows mail", "sent from the ", "sent from a ", "sent via ", "sent with ", "sent using ", "sent by ", "sent on the go",
    "get outlook for", "get bluemail", "yahoo mail:", "von meinem ", "von unterwegs gesendet", "gesendet von", "gesendet mit", "gesendet über",
    "gesendet aus", "diese nachricht wurde von meinem", "diese e-mail wurde von", "holen sie sich outlook", "outlook für", "outlook for", "envoyé de mon",
    "envoyé de ma", "envoyé depuis", "envoyé à partir", "envoyé avec", "envoyé par", "provenance : courrier", "télécharger outlook", "obtenez outlook",
    "téléchargez outlook", "enviado desde", "enviado con", "enviado por", "enviado do", "enviado da", "enviado a partir", "enviado pelo", "enviado via",
    "enviada do", "obtener outlook", "obter o outlook", "obter outlook", "baixe o outlook", "inviato da", "inviato dal", "inviato con", "scarica outlook",
    "ottieni outlook", "verstuurd vanaf", "verzonden vanaf", "verzonden vanuit", "verzonden met", "verstuurd met", "outlook voor", "download outlook",
    "skickat från", "skickat med", "skickades från", "hämta outlook", "sendt fra", "sendt via", "sendt med", "hent outlook", "få outlook",
    "skaff deg outlook", "lähetetty", "hanki outlook", "wysłane z", "wysłano z", "pobierz outlook", "odesláno z", "odoslané z", "stáhněte si outlook",
    "отправлено с", "отправлено из", "отправлено от", "надіслано з", "iphoneから送信", "ipadから送信", "从我的", "发自我的", "来自我的", "從我的", "寄自我的", "나의 iphone에서",
    "내 iphone에서", "iphone에서 보냄", "trimis de pe", "trimis din", "küldve az", "iphone'umdan gönderildi", "ipad'imden gönderildi", "στάλθηκε από", "נשלח מה",
    "أرسلت من", "enviat des", "poslano iz", "poslano s", "nusiųsta iš", "saadetud minu",
];

/// A paragraph with one of each pair is a lawyer's.
#[rustfmt::skip]
pub const DISCLAIMERS: &[(&str, &str)] = &[
    ("confidential", "intended"), ("confidential", "recipient"), ("privileged", "recipient"), ("vertraulich", "empfänger"), ("confidentiel", "destinataire"),
    ("confidencial", "destinatario"), ("confidencial", "destinatário"), ("riservat", "destinatari"), ("vertrouwelijk", "geadresseerde"),
    ("vertrouwelijk", "bestemd"), ("konfidentiell", "mottagare"), ("poufn", "adresat"), ("checked for viruses", "avast"), ("virus-free", "avast"),
    ("virus-free", "avg"),
];
