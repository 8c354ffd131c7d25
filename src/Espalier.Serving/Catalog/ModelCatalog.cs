using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Espalier.Serving;

/// <summary>The models that are served now. A request keeps its model until it ends; a reload exchanges the table as a whole.</summary>
internal sealed class ModelCatalog : IDisposable
{
    private readonly ServingOptions _options;
    private readonly ServingMetrics _metrics;
    private readonly WorkerPool _workers;
    private readonly Lock _scan = new();
    private readonly Dictionary<ModelLocation, (long, long)> _refused = []; // the stamps of files that failed, so that each failure is told once
    private string? _fault;
    private volatile ImmutableSortedDictionary<string, ImmutableSortedDictionary<int, Entry>> _models = ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<int, Entry>>(StringComparer.Ordinal);

    public ModelCatalog(ServingOptions options, ServingMetrics metrics)
    {
        (_options, _metrics, _workers) = (options, metrics, new WorkerPool(options.ThreadCount));
        metrics.Queues = () => _models.Values.SelectMany(versions => versions.Values).GroupBy(entry => entry.Model.Name)
            .Select(group => new Measurement<int>(group.Sum(entry => entry.Model.Admission.Count), ServingMetrics.ModelTag(group.Key)));
    }

    /// <summary>The names of all models, sorted.</summary>
    internal IEnumerable<string> Names => _models.Keys;

    /// <summary>Loads all models.</summary>
    /// <exception cref="EspalierException">One cannot be loaded.</exception>
    internal void Load()
    {
        lock (_scan)
        {
            foreach (ModelLocation location in ModelLocation.Find(_options))
            {
                Put(Read(location));
            }
        }
    }

    /// <summary>Loads what has changed since the last time and drops what is gone. A file that cannot be loaded changes nothing: the model stays as it was.</summary>
    /// <returns>What has happened.</returns>
    internal IReadOnlyList<CatalogChange> Rescan()
    {
        lock (_scan)
        {
            try
            {
                IReadOnlyList<ModelLocation> found = ModelLocation.Find(_options);
                _fault = null;
                return [.. found.Select(Refresh).OfType<CatalogChange>(), .. Gone(found)];
            }
            catch (Exception error) when (error is EspalierException or IOException or UnauthorizedAccessException)
            {
                bool known = error.Message == _fault;
                _fault = error.Message;
                return known ? [] : [new CatalogChange(null, CatalogChangeKind.Failed, error.Message)];
            }
        }
    }

    /// <summary>Keeps a model for a request.</summary>
    /// <param name="name">Its name; <see langword="null"/> or empty for the only one there is.</param>
    /// <param name="version">Its version; <see langword="null"/> or empty for the highest.</param>
    /// <exception cref="ServingException">There is none of the name or version, or several and no name.</exception>
    internal Lease Use(string? name, string? version)
    {
        while (true)
        {
            ServedModel model = Find(name, version);
            if (model.TryUse())
            {
                return new Lease(model);
            }
        }
    }

    /// <summary>Keeps the highest version of a model; <see langword="null"/> if it is gone.</summary>
    internal Lease? TryUse(string name)
    {
        while (_models.TryGetValue(name, out var versions))
        {
            ServedModel model = versions.Values.Last().Model;
            if (model.TryUse())
            {
                return new Lease(model);
            }
        }

        return null;
    }

    /// <summary>The versions of a model, lowest first.</summary>
    internal IEnumerable<string> VersionsOf(string name) => _models.TryGetValue(name, out var versions) ? versions.Values.Select(entry => entry.Model.Version) : [];

    public void Dispose()
    {
        foreach (Entry entry in _models.Values.SelectMany(versions => versions.Values))
        {
            entry.Model.Release();
        }

        _models = _models.Clear();
        _workers.Dispose();
    }

    private ServedModel Find(string? name, string? version)
    {
        var models = _models;
        if (string.IsNullOrEmpty(name))
        {
            name = models.Count == 1
                ? models.Keys.First()
                : throw ServingException.Invalid($"the request names no model and there are {models.Count}: {string.Join(", ", models.Keys)}");
        }

        if (!models.TryGetValue(name, out var versions))
        {
            throw new ServingException(StatusCodes.Status404NotFound, $"there is no model '{name}'; there is {string.Join(", ", models.Keys)}");
        }

        return string.IsNullOrEmpty(version) ? versions.Values.Last().Model
            : versions.Values.FirstOrDefault(entry => entry.Model.Version == version)?.Model
            ?? throw new ServingException(StatusCodes.Status404NotFound, $"there is no version '{version}' of {name}; there is {string.Join(", ", versions.Keys.Select(number => number.ToString(CultureInfo.InvariantCulture)))}");
    }

    private CatalogChange? Refresh(ModelLocation location)
    {
        Entry? before = _models.GetValueOrDefault(location.Name)?.GetValueOrDefault(location.Version);
        (long, long) stamp = location.Stamp();
        if (before is not null && (stamp == default || (before.Location == location && before.Stamp == stamp)))
        {
            return null; // unchanged, or a single file that is gone for now
        }

        if (_refused.TryGetValue(location, out (long, long) refused) && refused == stamp)
        {
            return null;
        }

        try
        {
            Put(Read(location));
            _refused.Remove(location);
            before?.Model.Release();
            return new CatalogChange(location, before is null ? CatalogChangeKind.Added : CatalogChangeKind.Replaced, null);
        }
        catch (Exception error) when (error is EspalierException or IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            _refused[location] = stamp;
            _metrics.Load(location.Name, succeeded: false);
            return new CatalogChange(location, CatalogChangeKind.Failed, error.Message);
        }
    }

    private IEnumerable<CatalogChange> Gone(IReadOnlyList<ModelLocation> found)
    {
        HashSet<(string, int)> there = [.. found.Select(location => (location.Name, location.Version))];
        foreach (Entry entry in _models.Values.SelectMany(versions => versions.Values).Where(entry => !there.Contains((entry.Location.Name, entry.Location.Version))).ToArray())
        {
            var versions = _models[entry.Location.Name].Remove(entry.Location.Version);
            _models = versions.IsEmpty ? _models.Remove(entry.Location.Name) : _models.SetItem(entry.Location.Name, versions);
            entry.Model.Release();
            yield return new CatalogChange(entry.Location, CatalogChangeKind.Removed, null);
        }
    }

    private Entry Read(ModelLocation location)
    {
        (long, long) stamp = location.Stamp(); // before it is read: a change meanwhile is seen the next time
        var entry = new Entry(location, stamp, ServedModel.Load(location, _options, _workers, _metrics));
        _metrics.Load(location.Name, succeeded: true);
        return entry;
    }

    private void Put(Entry entry)
    {
        var versions = _models.GetValueOrDefault(entry.Location.Name) ?? ImmutableSortedDictionary<int, Entry>.Empty;
        _models = _models.SetItem(entry.Location.Name, versions.SetItem(entry.Location.Version, entry));
    }

    private sealed record Entry(ModelLocation Location, (long, long) Stamp, ServedModel Model);

    /// <summary>A model that a request keeps.</summary>
    internal sealed class Lease(ServedModel model) : IDisposable
    {
        internal ServedModel Model => model;

        public void Dispose() => model.Release();
    }
}

/// <summary>What a scan of the models' files found.</summary>
/// <param name="Location">The model; <see langword="null"/> where the folder itself is at fault.</param>
/// <param name="Kind">What has happened.</param>
/// <param name="Error">What is wrong, with paths: for the log, not for clients.</param>
internal sealed record CatalogChange(ModelLocation? Location, CatalogChangeKind Kind, string? Error);

/// <summary>What has happened to a model.</summary>
internal enum CatalogChangeKind
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>Its file has changed, and new requests get the new one.</summary>
    Replaced,

    /// <summary>Its file is gone, and so is it.</summary>
    Removed,

    /// <summary>Its file cannot be loaded; what was served before still is.</summary>
    Failed,
}
