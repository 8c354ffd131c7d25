namespace Espalier.Serving;

/// <summary>Loads the models before the server starts, and what changes while it runs.</summary>
internal sealed partial class ModelLoading(ModelCatalog catalog, ServingOptions options, ILogger<ModelLoading> log) : BackgroundService
{
    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        catalog.Load();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.ReloadInterval == TimeSpan.Zero)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.ReloadInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                foreach (CatalogChange change in catalog.Rescan())
                {
                    Tell(change);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the server stops
        }
    }

    private void Tell(CatalogChange change)
    {
        switch (change.Kind)
        {
            case CatalogChangeKind.Failed when change.Location is null:
                FolderFailed(change.Error!);
                break;
            case CatalogChangeKind.Failed:
                LoadFailed(change.Location!, change.Error!);
                break;
            case CatalogChangeKind.Added or CatalogChangeKind.Replaced or CatalogChangeKind.Removed:
                Changed(change.Location!, change.Kind);
                break;
        }
    }

    [LoggerMessage(LogLevel.Information, "model {Model}: {Change}")]
    private partial void Changed(ModelLocation model, CatalogChangeKind change);

    [LoggerMessage(LogLevel.Error, "model {Model} stays as it is: {Error}")]
    private partial void LoadFailed(ModelLocation model, string error);

    [LoggerMessage(LogLevel.Error, "all models stay as they are: {Error}")]
    private partial void FolderFailed(string error);
}
