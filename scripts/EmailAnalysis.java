import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.FilteringTokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.IndexSettings;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.AbstractTokenizerFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/** The three parts of analysis that Elasticsearch's own index of API keys names and that the server from the Maven registry
 *  lacks (it has them in the module analysis-common). Each is Lucene's, which that server has. */
public class EmailAnalysis extends Plugin implements AnalysisPlugin {
    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        return Map.of("uax_url_email", (index, environment, name, settings) -> new Emails(index, settings, name));
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        return Map.of(
            "pattern_capture", AnalysisPlugin.requiresAnalysisSettings((index, environment, name, settings) -> new Parts(name, settings)),
            "unique", (index, environment, name, settings) -> new Once(name, settings)
        );
    }

    private static final class Emails extends AbstractTokenizerFactory {
        Emails(IndexSettings index, Settings settings, String name) {
            super(index, settings, name);
        }

        @Override
        public Tokenizer create() {
            return new UAX29URLEmailTokenizer();
        }
    }

    private static final class Parts extends AbstractTokenFilterFactory {
        private final Pattern[] patterns;
        private final boolean whole;

        Parts(String name, Settings settings) {
            super(name, settings);
            patterns = settings.getAsList("patterns").stream().map(Pattern::compile).toArray(Pattern[]::new);
            whole = settings.getAsBoolean("preserve_original", true);
        }

        @Override
        public TokenStream create(TokenStream tokens) {
            return new PatternCaptureGroupTokenFilter(tokens, whole, patterns);
        }
    }

    private static final class Once extends AbstractTokenFilterFactory {
        Once(String name, Settings settings) {
            super(name, settings);
        }

        @Override
        public TokenStream create(TokenStream tokens) {
            CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
            Set<String> seen = new HashSet<>();
            return new FilteringTokenFilter(tokens) {
                @Override
                protected boolean accept() {
                    return seen.add(term.toString());
                }

                @Override
                public void reset() throws java.io.IOException {
                    super.reset();
                    seen.clear();
                }
            };
        }
    }
}
