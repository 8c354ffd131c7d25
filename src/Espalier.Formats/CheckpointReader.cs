using System.Collections.Immutable;

namespace Espalier.Formats;

/// <summary>Reads checkpoints of every supported format, which is recognized by the content, not by the file's name.</summary>
/// <remarks>
/// <para>Nothing in a checkpoint is ever executed. Imports and calls of a pickle are kept as names and records, of which only the
/// constructors of dense tensors are interpreted.</para>
/// <para>The state_dict is looked for under <see cref="CheckpointOptions.StateDictKey"/> if that is given. Otherwise, unless the file itself has tensors
/// with dotted names, under the first of <c>state_dict</c>, <c>model_state_dict</c>, <c>model_state</c>, <c>model</c>, <c>net</c>,
/// <c>network</c>, <c>weights</c>, <c>params</c>, <c>state</c> that holds tensors, and again inside that entry. Otherwise the whole file
/// is the state_dict, without entries that hold no tensors. Nested dicts, lists and whole modules (<c>torch.save(model)</c>) give dotted names, as
/// <c>Module.state_dict</c> does; a file that is a single tensor gives it the name <c>tensor</c>.</para>
/// <para>The prefixes <c>module.</c>, <c>_orig_mod.</c> and <c>_forward_module.</c> are removed if every name has them, but for those that training tools add
/// (such as <c>n_averaged</c>).</para>
/// </remarks>
public static class CheckpointReader
{
    private const string OnlyTensor = "tensor";

    /// <summary>Reads a checkpoint file.</summary>
    /// <exception cref="MalformedInputException">The file is not a checkpoint, is damaged, holds no tensors or exceeds the limits.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static Checkpoint Read(string path, CheckpointOptions? options = null)
    {
        CheckpointOptions chosen = options ?? new CheckpointOptions();
        using ByteSource source = ByteSource.Open(path, chosen.Limits);
        try
        {
            return Recognise(source, chosen.Limits) == CheckpointFormat.Safetensors
                ? FromSafetensors(SafetensorsReader.Read(path, chosen.Limits), source, chosen)
                : ReadTorch(source, chosen);
        }
        catch (IOException error)
        {
            throw FileErrors.Unreadable(path, error);
        }
    }

    /// <summary>Reads a checkpoint from memory.</summary>
    /// <param name="bytes">All bytes of the file.</param>
    /// <param name="name">The name that error messages use for the bytes.</param>
    /// <param name="options">Reading options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="MalformedInputException">The bytes are not a checkpoint, are damaged, hold no tensors or exceed the limits.</exception>
    public static Checkpoint Read(ReadOnlyMemory<byte> bytes, string name, CheckpointOptions? options = null)
    {
        CheckpointOptions chosen = options ?? new CheckpointOptions();
        using ByteSource source = ByteSource.Over(bytes, name, chosen.Limits);
        return Recognise(source, chosen.Limits) == CheckpointFormat.Safetensors
            ? FromSafetensors(SafetensorsReader.Read(bytes, name, chosen.Limits), source, chosen)
            : ReadTorch(source, chosen);
    }

    /// <summary>Recognizes the format of a checkpoint file by its content.</summary>
    /// <exception cref="MalformedInputException">The file is not of a supported format.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static CheckpointFormat Recognise(string path, Limits? limits = null)
    {
        using ByteSource source = ByteSource.Open(path, limits ?? Limits.Default);
        return Recognise(source, limits ?? Limits.Default);
    }

    private static CheckpointFormat Recognise(ByteSource source, in Limits limits)
    {
        byte[] start = new byte[(int)Math.Min(16, source.Length)];
        source.Read(0, start);
        return start.AsSpan().StartsWith("PK\x03\x04"u8) || start.AsSpan().StartsWith("PK\x05\x06"u8) ? CheckpointFormat.TorchZip
            : TorchLegacyStream.Begins(source, limits) ? CheckpointFormat.TorchLegacyStream
            : TarDirectory.Begins(source) ? CheckpointFormat.TorchLegacyTar
            : SafetensorsReader.Begins(start) ? CheckpointFormat.Safetensors
            : throw Unknown(source, start, limits);
    }

    private static MalformedInputException Unknown(ByteSource source, byte[] start, in Limits limits)
    {
        const string Expected = "neither a PyTorch checkpoint (zip, legacy stream, legacy tar) nor a safetensors file";
        if (start.Length == 0)
        {
            return source.Malformed(0, $"{Expected}: the file is empty");
        }

        try
        {
            object? value = Unpickler.Read(new ByteCursor(source), limits);
            return source.Malformed(0, $"{Expected}: a plain pickle that holds {PickleText.Describe(value)}, not tensors");
        }
        catch (MalformedInputException)
        {
            return source.Malformed(0, $"{Expected}: it begins with the bytes {Convert.ToHexString(start.AsSpan(0, Math.Min(8, start.Length)))}");
        }
    }

    private static Checkpoint ReadTorch(ByteSource source, CheckpointOptions options)
    {
        CheckpointFormat format = Recognise(source, options.Limits);
        TorchContainer container = format switch
        {
            CheckpointFormat.TorchZip => new TorchZip(source, options.Limits),
            CheckpointFormat.TorchLegacyTar => new TorchLegacyTar(source, options.Limits),
            CheckpointFormat.TorchLegacyStream => new TorchLegacyStream(source, options.Limits),
            CheckpointFormat.Safetensors => throw new ArgumentException("A safetensors file has no PyTorch container.", nameof(source)),
        };
        var views = new TensorViews(container, options.Limits);
        var finder = new StateDictFinder(container, views, options);
        finder.Find();

        string prefix = CommonPrefix([.. finder.Tensors.Select(t => t.Key)], options);
        var reader = new TensorReader(source.Name, source.Length, options.Limits);
        var tensors = new Dictionary<string, Tensor>();
        var unreadable = new List<(string Name, MalformedInputException Error)>();
        foreach ((string path, object? value) in finder.Tensors)
        {
            string name = path.Length == 0 ? OnlyTensor : CheckpointNames.WithoutPrefix(path, prefix);
            try
            {
                if (!tensors.TryAdd(name, reader.Read(views.Read(value, name), name)))
                {
                    throw source.Malformed(0, $"two tensors have the name '{name}'");
                }
            }
            catch (MalformedInputException error) when (error.IsUnsupportedKind)
            {
                unreadable.Add((name, error));
            }
        }

        return new Checkpoint(format, new StateDict(tensors), string.Join('.', finder.Wrapper), [.. finder.Notes]) { Unreadable = Unreadable(tensors.Count, unreadable) };
    }

    /// <summary>The unreadable tensors as notes; where nothing else was read, their error.</summary>
    private static ImmutableArray<CheckpointNote> Unreadable(int read, IReadOnlyList<(string Name, MalformedInputException Error)> tensors) =>
        read == 0 && tensors.Count > 0
            ? throw tensors[0].Error
            : [.. tensors.Select(tensor => new CheckpointNote(PickleText.Clean(tensor.Name), tensor.Error.Reason))];

    private static Checkpoint FromSafetensors(SafetensorsFile file, ByteSource source, CheckpointOptions options)
    {
        if (options.StateDictKey is { } key)
        {
            throw source.Malformed(0, $"no entry '{key}': a safetensors file is a state_dict itself and has no wrapper keys");
        }

        // Masked and compact parameters of a model file are converted to what PyTorch would have saved.
        StateDict tensors = ModelFile.Find(file, source.Name, options.Limits)?.ToMaskedStateDict() ?? file.Tensors;
        string prefix = CommonPrefix([.. tensors.Names], options);
        return new Checkpoint(
            CheckpointFormat.Safetensors,
            new StateDict(tensors.Select(t => new KeyValuePair<string, Tensor>(CheckpointNames.WithoutPrefix(t.Key, prefix), t.Value))),
            "",
            [.. file.Metadata.Select(m => new CheckpointNote(PickleText.Clean(m.Key), PickleText.Clean(m.Value)))])
        {
            Unreadable = [.. file.Unreadable.Select(note => note with { Name = CheckpointNames.WithoutPrefix(note.Name, prefix) })],
        };
    }

    private static string CommonPrefix(IReadOnlyList<string> names, CheckpointOptions options) => options.KeepPrefixes ? "" : CheckpointNames.CommonPrefix(names);
}
