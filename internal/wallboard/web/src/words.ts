// Every word of the page, in every language it knows: one table.
import { computed } from "@preact/signals";
import { view } from "./view.ts";

export const languages = { en: "English", de: "Deutsch", fr: "Français", es: "Español", pt: "Português", ja: "日本語" } as const;
type Lang = keyof typeof languages;
const order = Object.keys(languages) as Lang[];

const table = {
  //                 en, de, fr, es, pt, ja
  online: ["Online", "Angemeldet", "En ligne", "En línea", "On-line", "オンライン"],
  available: ["Available", "Verfügbar", "Disponible", "Disponible", "Disponível", "対応可能"],
  onContact: ["On contact", "Im Kontakt", "En contact", "En contacto", "Em contato", "対応中"],
  afterContactWork: ["After contact work", "Nachbearbeitung", "Travail post-contact", "Trabajo posterior", "Pós-contato", "後処理"],
  nonProductive: ["Custom status", "Eigener Status", "Statut personnalisé", "Estado personalizado", "Status personalizado", "カスタムステータス"],
  customStatus: ["Custom status", "Eigener Status", "Statut personnalisé", "Estado personalizado", "Status personalizado", "カスタムステータス"],
  error: ["Missed or error", "Verpasst oder Fehler", "Manqué ou erreur", "Perdido o error", "Perdido ou erro", "不応答・エラー"],
  activityError: ["Error", "Fehler", "Erreur", "Error", "Erro", "エラー"],
  missed: ["Missed", "Verpasst", "Manqué", "Perdido", "Perdido", "不応答"],
  rejected: ["Rejected", "Abgelehnt", "Rejeté", "Rechazado", "Rejeitado", "拒否"],
  monitoring: ["Monitoring", "Hört mit", "Supervision", "Supervisando", "Monitorando", "モニタリング"],
  incoming: ["Incoming", "Eingehend", "Entrant", "Entrante", "Recebendo", "着信中"],
  offline: ["Offline", "Abgemeldet", "Hors ligne", "Desconectado", "Off-line", "オフライン"],
  stateConnecting: ["Connecting", "Verbindet", "Connexion", "Conectando", "Conectando", "接続中"],
  stateConnected: ["Connected", "Verbunden", "Connecté", "Conectado", "Conectado", "通話中"],
  stateHold: ["On hold", "Gehalten", "En attente", "En espera", "Em espera", "保留中"],
  statePaused: ["Paused", "Pausiert", "En pause", "En pausa", "Pausado", "一時停止"],
  voice: ["Voice", "Sprache", "Voix", "Voz", "Voz", "音声"],
  chat: ["Chat", "Chat", "Chat", "Chat", "Chat", "チャット"],
  task: ["Task", "Aufgabe", "Tâche", "Tarea", "Tarefa", "タスク"],
  email: ["Email", "E-Mail", "E-mail", "Correo", "E-mail", "メール"],
  waiting: ["Waiting", "Wartend", "En file", "En cola", "Na fila", "待機中"],
  nobodyAvailable: ["Nobody available while contacts wait", "Niemand verfügbar, Kontakte warten", "Personne disponible, contacts en file", "Nadie disponible y hay contactos en cola", "Ninguém disponível e há contatos na fila", "待機中の連絡あり・対応可能者なし"],
  longest: ["longest", "längste", "max.", "máx.", "máx.", "最長"],
  freeSlots: ["Free slots", "Freie Plätze", "Places libres", "Puestos libres", "Vagas livres", "空きスロット"],
  busySlots: ["busy", "belegt", "occupées", "ocupados", "ocupadas", "使用中"],
  agent: ["Agent", "Agent", "Agent", "Agente", "Agente", "エージェント"],
  agents: ["Agents", "Agenten", "Agents", "Agentes", "Agentes", "エージェント"],
  activity: ["Activity", "Tätigkeit", "Activité", "Actividad", "Atividade", "アクティビティ"],
  since: ["Time", "Dauer", "Durée", "Tiempo", "Tempo", "経過時間"],
  status: ["Status", "Status", "Statut", "Estado", "Status", "ステータス"],
  nextStatus: ["Next status", "Nächster Status", "Statut suivant", "Estado siguiente", "Próximo status", "次のステータス"],
  contact: ["Contacts", "Kontakte", "Contacts", "Contactos", "Contatos", "コンタクト"],
  contactState: ["Contact state", "Kontaktstatus", "État du contact", "Estado del contacto", "Estado do contato", "コンタクト状態"],
  acw: ["After work", "Nacharbeit", "Post-contact", "Posterior", "Pós-contato", "後処理"],
  free: ["Free", "Frei", "Libres", "Libres", "Livres", "空き"],
  profile: ["Routing profile", "Routing-Profil", "Profil de routage", "Perfil de enrutamiento", "Perfil de roteamento", "ルーティングプロファイル"],
  team: ["Team", "Team", "Équipe", "Equipo", "Equipe", "チーム"],
  heard: ["Last heard", "Zuletzt gehört", "Dernier signe", "Última señal", "Último sinal", "最終受信"],
  longerThan: ["Longer than {0}", "Länger als {0}", "Depuis plus de {0}", "Más de {0}", "Há mais de {0}", "{0}以上"],
  notHeardFor: ["Not heard for {0}", "Nichts gehört seit {0}", "Sans signe depuis {0}", "Sin señal desde hace {0}", "Sem sinal há {0}", "応答なし{0}以上"],
  narrow: ["This token may not read the whole floor: choose a queue, a routing profile or a team in the URL.", "Dieses Token darf nicht alle lesen: bitte Warteschlange, Routing-Profil oder Team in der URL wählen.", "Ce jeton ne peut pas lire tout le plateau : choisissez une file, un profil ou une équipe dans l'URL.", "Este token no puede leer toda la planta: elija una cola, un perfil o un equipo en la URL.", "Este token não pode ler tudo: escolha uma fila, um perfil ou uma equipe na URL.", "このトークンは全体を読めません。URLでキュー、プロファイル、チームを指定してください。"],
  queue: ["Queue", "Warteschlange", "File", "Cola", "Fila", "キュー"],
  channel: ["Channel", "Kanal", "Canal", "Canal", "Canal", "チャネル"],
  instance: ["Instance", "Instanz", "Instance", "Instancia", "Instância", "インスタンス"],
  group: ["Group by", "Gruppieren", "Grouper par", "Agrupar por", "Agrupar por", "グループ化"],
  none: ["None", "Ohne", "Sans", "Sin", "Sem", "なし"],
  search: ["Search by name", "Nach Namen suchen", "Chercher par nom", "Buscar por nombre", "Buscar por nome", "名前で検索"],
  filters: ["Filters", "Filter", "Filtres", "Filtros", "Filtros", "フィルター"],
  clear: ["Clear filters", "Filter aufheben", "Effacer les filtres", "Quitar filtros", "Limpar filtros", "フィルター解除"],
  remove: ["Remove", "Entfernen", "Retirer", "Quitar", "Remover", "削除"],
  includeOffline: ["Also offline", "Auch Abgemeldete", "Aussi hors ligne", "También desconectados", "Também off-line", "オフラインも表示"],
  shownOf: ["{0} of {1} agents", "{0} von {1} Agenten", "{0} agents sur {1}", "{0} de {1} agentes", "{0} de {1} agentes", "{1}人中{0}人"],
  nobody: ["Nobody matches.", "Niemand passt.", "Personne ne correspond.", "Nadie coincide.", "Ninguém corresponde.", "該当者がいません。"],
  noInstance: ["No event has come in yet.", "Noch kam kein Ereignis.", "Aucun événement reçu.", "Aún no llegó ningún evento.", "Nenhum evento chegou ainda.", "まだイベントがありません。"],
  pause: ["Pause", "Anhalten", "Pause", "Pausar", "Pausar", "一時停止"],
  resume: ["Go on", "Weiter", "Reprendre", "Continuar", "Continuar", "再開"],
  pausedFor: ["Paused for {0}", "Angehalten seit {0}", "En pause depuis {0}", "En pausa desde hace {0}", "Pausado há {0}", "一時停止中 {0}"],
  live: ["Live", "Live", "En direct", "En vivo", "Ao vivo", "ライブ"],
  connecting: ["Connecting", "Verbindet", "Connexion", "Conectando", "Conectando", "接続中"],
  lost: ["The connection is lost", "Die Verbindung ist unterbrochen", "La connexion est perdue", "Se perdió la conexión", "A conexão caiu", "接続が切れました"],
  noNews: ["No news for {0}", "Seit {0} nichts Neues", "Sans nouvelles depuis {0}", "Sin noticias desde hace {0}", "Sem notícias há {0}", "{0} 更新なし"],
  stale: ["Not heard of", "Nichts gehört", "Sans signe", "Sin señal", "Sem sinal", "応答なし"],
  staleCount: ["{0} not heard of", "{0} ohne Nachricht", "{0} sans signe", "{0} sin señal", "{0} sem sinal", "{0}人応答なし"],
  source: ["Known from", "Bekannt durch", "Connu par", "Se sabe por", "Conhecido por", "情報源"],
  seeded: ["Amazon Connect's answer; no event has confirmed it yet", "Antwort von Amazon Connect; noch kein Ereignis bestätigt sie", "Réponse d'Amazon Connect ; aucun événement ne l'a encore confirmée", "Respuesta de Amazon Connect; ningún evento la ha confirmado aún", "Resposta do Amazon Connect; nenhum evento a confirmou ainda", "Amazon Connectの応答(イベントによる確認前)"],
  alerts: ["Alerts", "Alarme", "Alertes", "Alertas", "Alertas", "アラート"],
  warn: ["Warning", "Warnung", "Attention", "Aviso", "Aviso", "警告"],
  alert: ["Alert", "Alarm", "Alerte", "Alerta", "Alerta", "アラート"],
  recovered: ["Recovered", "Behoben", "Rétabli", "Recuperado", "Recuperado", "回復"],
  acknowledge: ["Acknowledge", "Bestätigen", "Acquitter", "Confirmar", "Reconhecer", "確認"],
  acknowledgeAll: ["Acknowledge all", "Alle bestätigen", "Tout acquitter", "Confirmar todo", "Reconhecer tudo", "すべて確認"],
  acknowledged: ["Acknowledged", "Bestätigt", "Acquitté", "Confirmado", "Reconhecido", "確認済み"],
  more: ["{0} more", "{0} weitere", "{0} de plus", "{0} más", "mais {0}", "他{0}件"],
  sound: ["Sound", "Ton", "Son", "Sonido", "Som", "サウンド"],
  theme: ["Dark or light", "Dunkel oder hell", "Sombre ou clair", "Oscuro o claro", "Escuro ou claro", "ダーク・ライト"],
  language: ["Language", "Sprache", "Langue", "Idioma", "Idioma", "言語"],
  tv: ["TV mode", "Fernsehmodus", "Mode TV", "Modo TV", "Modo TV", "TVモード"],
  page: ["Page {0} of {1}", "Seite {0} von {1}", "Page {0} sur {1}", "Página {0} de {1}", "Página {0} de {1}", "{0}/{1}ページ"],
  close: ["Close", "Schließen", "Fermer", "Cerrar", "Fechar", "閉じる"],
  copy: ["Copy", "Kopieren", "Copier", "Copiar", "Copiar", "コピー"],
  copied: ["Copied", "Kopiert", "Copié", "Copiado", "Copiado", "コピーしました"],
  username: ["Username", "Benutzername", "Identifiant", "Usuario", "Usuário", "ユーザー名"],
  slots: ["Slots", "Plätze", "Places", "Puestos", "Vagas", "スロット"],
  ofMax: ["{0} free, {1} busy, {2} in all", "{0} frei, {1} belegt, {2} insgesamt", "{0} libres, {1} occupées, {2} en tout", "{0} libres, {1} ocupados, {2} en total", "{0} livres, {1} ocupadas, {2} no total", "空き{0}・使用中{1}・合計{2}"],
  skills: ["Proficiencies", "Fähigkeiten", "Compétences", "Competencias", "Proficiências", "スキル"],
  queuedAt: ["Queued", "Eingereiht", "Mis en file", "En cola desde", "Na fila desde", "キュー登録"],
  connectedAt: ["Connected to the agent", "Mit Agent verbunden", "Relié à l'agent", "Conectado al agente", "Conectado ao agente", "接続時刻"],
  gone: ["This agent is not shown any more.", "Dieser Agent wird nicht mehr gezeigt.", "Cet agent n'est plus affiché.", "Este agente ya no se muestra.", "Este agente não é mais exibido.", "このエージェントは表示対象外です。"],
  signIn: ["Sign in", "Anmelden", "Se connecter", "Entrar", "Entrar", "サインイン"],
  signOut: ["Sign out", "Abmelden", "Se déconnecter", "Salir", "Sair", "サインアウト"],
  token: ["Bearer token", "Bearer-Token", "Jeton", "Token", "Token", "ベアラートークン"],
  tokenHelp: ["Made by", "Erzeugt von", "Créé par", "Se crea con", "Criado por", "作成コマンド"],
  keep: ["Keep it in this browser", "In diesem Browser behalten", "Le garder dans ce navigateur", "Guardarlo en este navegador", "Guardar neste navegador", "このブラウザーに保存"],
  wrongToken: ["The token is not known here, or was revoked.", "Das Token ist hier nicht bekannt oder wurde widerrufen.", "Ce jeton est inconnu ici ou a été révoqué.", "El token no se conoce aquí o fue revocado.", "O token não é conhecido aqui ou foi revogado.", "トークンが不明か、取り消されています。"],
  sessionOver: ["The session is over: sign in again.", "Die Sitzung ist zu Ende: bitte neu anmelden.", "La session est terminée : reconnectez-vous.", "La sesión terminó: vuelva a entrar.", "A sessão terminou: entre de novo.", "セッションが終了しました。再度サインインしてください。"],
  ticketUsed: ["The link was used already, or is too old.", "Der Link wurde schon benutzt oder ist zu alt.", "Le lien a déjà servi ou est trop ancien.", "El enlace ya se usó o es demasiado antiguo.", "O link já foi usado ou é antigo demais.", "リンクは使用済みか期限切れです。"],
  intro: ["Who is on the floor, and what each agent is doing right now.", "Wer da ist und was jeder gerade tut.", "Qui est présent et ce que chacun fait maintenant.", "Quién está y qué hace cada agente ahora.", "Quem está presente e o que cada um faz agora.", "誰がいて、今何をしているか。"],
  sortHelp: ["Click sorts; with Shift by this as well", "Klick sortiert; mit Umschalt zusätzlich", "Clic pour trier ; avec Maj en plus", "Clic ordena; con Mayús además", "Clique ordena; com Shift também", "クリックで並べ替え、Shift併用で追加"],
  skip: ["Skip to the agents", "Zu den Agenten", "Aller aux agents", "Ir a los agentes", "Ir aos agentes", "エージェントへ移動"],
} satisfies Record<string, readonly [string, string, string, string, string, string]>;

export type Word = keyof typeof table;

const choose = (asked: string, of: readonly string[]): Lang => {
  for (const tag of [asked, ...of]) {
    const lang = order.find((l) => tag.toLowerCase().split("-")[0] === l);
    if (lang) return lang;
  }
  return "en";
};
const preferred = typeof navigator === "undefined" ? [] : navigator.languages;
export const language = computed<Lang>(() => choose(view.value.lang, preferred));

// locale is that language as the reader's country writes it: in Britain it is 15:04, in the United States 3:04 PM.
export const locale = computed<string>(() => preferred.find((tag) => tag.toLowerCase().split("-")[0] === language.value) ?? language.value);

// say gives a word in the reader's language, with what belongs where {0} stands.
export const say = (word: Word, ...with_: string[]): string =>
  table[word][order.indexOf(language.value)]!.replace(/\{(\d)\}/g, (_, i: string) => with_[Number(i)] ?? "");
