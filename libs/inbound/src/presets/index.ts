import { adobeSign } from './adobe-sign.js';
import { adyen } from './adyen.js';
import { asana } from './asana.js';
import { attio } from './attio.js';
import { bitbucket } from './bitbucket.js';
import { box } from './box.js';
import { breakwater } from './breakwater.js';
import { calCom } from './cal-com.js';
import { calendly } from './calendly.js';
import { chargebee } from './chargebee.js';
import { circleci } from './circleci.js';
import { cloudflare } from './cloudflare.js';
import { discord } from './discord.js';
import { docusign } from './docusign.js';
import { dropbox } from './dropbox.js';
import { elevenlabs } from './elevenlabs.js';
import { eventGrid } from './event-grid.js';
import { front } from './front.js';
import { frontRules } from './front-rules.js';
import { fusionauth } from './fusionauth.js';
import { github } from './github.js';
import { gitlab } from './gitlab.js';
import { gitlabToken } from './gitlab-token.js';
import { gocardless } from './gocardless.js';
import { googleChannel } from './google-channel.js';
import { googlePubsub } from './google-pubsub.js';
import { hubspot } from './hubspot.js';
import { intercom } from './intercom.js';
import { jira } from './jira.js';
import { lemonSqueezy } from './lemon-squeezy.js';
import { linear } from './linear.js';
import { livekit } from './livekit.js';
import { mailgun } from './mailgun.js';
import { mandrill } from './mandrill.js';
import { meta } from './meta.js';
import { microsoftGraph } from './microsoft-graph.js';
import { monday } from './monday.js';
import { netlify } from './netlify.js';
import { notion } from './notion.js';
import { nylas } from './nylas.js';
import { okta } from './okta.js';
import { paddle } from './paddle.js';
import { pagerduty } from './pagerduty.js';
import { paypal } from './paypal.js';
import { pipedrive } from './pipedrive.js';
import { plaid } from './plaid.js';
import { postmark } from './postmark.js';
import { razorpay } from './razorpay.js';
import { sanity } from './sanity.js';
import { sendgrid } from './sendgrid.js';
import { sentry } from './sentry.js';
import { shopify } from './shopify.js';
import { slack } from './slack.js';
import { sns } from './sns.js';
import { snyk } from './snyk.js';
import { square } from './square.js';
import { standardWebhooks } from './standard-webhooks.js';
import { standardWebhooksEd25519 } from './standard-webhooks-ed25519.js';
import { strava } from './strava.js';
import { stripe } from './stripe.js';
import { svix } from './svix.js';
import { telegram } from './telegram.js';
import { trello } from './trello.js';
import { twilio } from './twilio.js';
import { twitch } from './twitch.js';
import { typeform } from './typeform.js';
import { vercel } from './vercel.js';
import { websub } from './websub.js';
import { woocommerce } from './woocommerce.js';
import { workos } from './workos.js';
import { x } from './x.js';
import { xero } from './xero.js';
import { zendesk } from './zendesk.js';
import { zoom } from './zoom.js';
import type { Preset } from './preset.js';

/** All presets by name, in the order of their titles. */
export const PRESETS: ReadonlyMap<string, Preset> = new Map(
  [
    adobeSign,
    adyen,
    asana,
    attio,
    bitbucket,
    box,
    breakwater,
    calCom,
    calendly,
    chargebee,
    circleci,
    cloudflare,
    discord,
    docusign,
    dropbox,
    elevenlabs,
    eventGrid,
    front,
    frontRules,
    fusionauth,
    github,
    gitlab,
    gitlabToken,
    gocardless,
    googleChannel,
    googlePubsub,
    hubspot,
    intercom,
    jira,
    lemonSqueezy,
    linear,
    livekit,
    mailgun,
    mandrill,
    meta,
    microsoftGraph,
    monday,
    netlify,
    notion,
    nylas,
    okta,
    paddle,
    pagerduty,
    paypal,
    pipedrive,
    plaid,
    postmark,
    razorpay,
    sanity,
    sendgrid,
    sentry,
    shopify,
    slack,
    sns,
    snyk,
    square,
    standardWebhooks,
    standardWebhooksEd25519,
    strava,
    stripe,
    svix,
    telegram,
    trello,
    twilio,
    twitch,
    typeform,
    vercel,
    websub,
    woocommerce,
    workos,
    x,
    xero,
    zendesk,
    zoom,
  ]
    .toSorted((one, other) => one.title.localeCompare(other.title, 'en'))
    .map((preset) => [preset.name, preset]),
);
