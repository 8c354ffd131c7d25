namespace Espalier.Serving;

/// <summary>A served model for the page: its description, its report and its explainer, each made when it is first wanted and kept as long as the model.</summary>
internal sealed class ExplainedModel(ModelLocation location, Model model, ServingOptions options) : IDisposable
{
    private readonly Lock _describing = new();
    private readonly Lock _lock = new(); // of the report and the explainer, for as long as they compute
    private byte[]? _description;
    private byte[]? _report;
    private PhotoExplainer? _explainer;

    /// <summary>What <c>/v1/models</c> has for the model.</summary>
    /// <param name="write">Writes it when it is first wanted.</param>
    internal byte[] Describe(Func<ModelLocation, Model, byte[]> write)
    {
        lock (_describing)
        {
            return _description ??= write(location, model);
        }
    }

    /// <summary>Its report, an HTML file.</summary>
    internal byte[] Report(CancellationToken cancellation) => Clean(() => _report ??= ModelReporting.Render(model, new ModelReportOptions { Name = location.Name }, cancellation));

    /// <summary>Explains with it.</summary>
    /// <exception cref="ServingException">The model or the request does not allow it; the message says why.</exception>
    internal T Explain<T>(Func<PhotoExplainer, T> work) => Clean(() => work(_explainer ??= new PhotoExplainer(model, new ImageClassifierOptions { Threads = 1, Runtime = options.Runtime })));

    public void Dispose() => _explainer?.Dispose();

    // A parameter that is read when it is used may tell that its file is gone, with its path: that is for the log.
    private T Clean<T>(Func<T> work)
    {
        lock (_lock)
        {
            try
            {
                return work();
            }
            catch (EspalierException unusable) when (unusable is not ServingException && !unusable.Message.Contains(location.Path, StringComparison.Ordinal))
            {
                throw ServingException.Invalid(unusable.Message);
            }
        }
    }
}
