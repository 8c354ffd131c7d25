using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The options of <c>explain</c> that are about a network as a whole: what its weights are, what it computes on data, how right it is, and which photos it takes to be alike.</summary>
internal sealed class NetworkExplanationOptions
{
    private const int UsualImages = 32;
    private const int UsualWorst = 10;
    private const int UsualNearest = 5;

    private readonly Option<string?> _before = new("--before") { Description = "The network before a change such as pruning: a model file or a network of the zoo, to compare the norms of the channels with.", HelpName = "MODEL" };
    private readonly Option<string?> _beforeWeights = new("--before-weights") { Description = "The checkpoint of --before, if that is a network of the zoo.", HelpName = "CHECKPOINT" };
    private readonly Option<string?> _data = new("--data") { Description = "Images to measure values of the network on: a folder of images, or data as for 'evaluate', which is also evaluated.", HelpName = "PATH" };
    private readonly Option<int> _images = NumberOptions.Create("--images", "With --data: the number of images that the values of all nodes are measured on.", 1, 1 << 20, UsualImages);
    private readonly Option<int> _limit = NumberOptions.Create("--limit", "With --data: only N images are evaluated: the first, or, of folders of classes, some of every class, the same each time.", 1, int.MaxValue, null);
    private readonly Option<int> _worst = NumberOptions.Create("--worst", "With --data: the number of images of the largest loss to list.", 0, 1 << 16, UsualWorst);
    private readonly Option<string[]> _neighbours = new("--neighbours")
    {
        Description = "Photos, or folders of them, among which the most similar ones to --image are sought, by the value that the network's last layer reads.",
        HelpName = "PATH",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _image = new("--image") { Description = "With --neighbours: the photo.", HelpName = "FILE" };
    private readonly Option<int> _nearest = NumberOptions.Create("--nearest", "With --neighbours: the number of photos to list.", 1, 1 << 16, UsualNearest);
    private readonly ClassOptions _classes = new();

    /// <summary>Adds the options, except for those that a verb has for other reasons: the model's, threads, runtime, preprocessing and decoding.</summary>
    internal void AddTo(Command command)
    {
        command.AddAll(_before, _beforeWeights, _data, _images, _limit, _worst, _neighbours, _image, _nearest);
        _classes.AddTo(command);
    }

    /// <summary>How classes are matched.</summary>
    internal ClassOptions Classes => _classes;

    /// <summary>Throws if an option is given that is about a network as a whole, where photos are explained. --labels is about both.</summary>
    internal void RequireNone(ParseResult parsed)
    {
        string? given = parsed.FirstGiven(_before, _beforeWeights, _data, _images, _limit, _worst, _neighbours, _image, _nearest)?.Name ?? (_classes.Rule(parsed) == ClassRule.Name ? null : _classes.Given(parsed));
        if (given is not null)
        {
            throw new EspalierException($"{given} is about the network as a whole, which is explained without photos after the model: give either photos or {given}");
        }
    }

    /// <summary>The path of the data, or <see langword="null"/>.</summary>
    internal string? Data(ParseResult parsed) => parsed.GetValue(_data);

    /// <summary>The number of images that values are measured on.</summary>
    internal int Images(ParseResult parsed) => parsed.GetValue(_images);

    /// <summary>The number of images of the largest loss.</summary>
    internal int Worst(ParseResult parsed) => parsed.GetValue(_worst);

    /// <summary>The maximum number of images that are evaluated, or <see langword="null"/> for all.</summary>
    internal int? Limit(ParseResult parsed) => parsed.Given(_limit);

    /// <summary>The photo with the paths of those to compare it with, or <see langword="null"/>.</summary>
    internal (string Image, string[] Paths, int Count)? Neighbours(ParseResult parsed) =>
        parsed.GetValue(_image) is string image ? (image, parsed.GetValue(_neighbours)!, parsed.GetValue(_nearest)) : null;

    /// <summary>The model of --before, or <see langword="null"/>.</summary>
    /// <exception cref="EspalierException">It cannot be loaded.</exception>
    internal Model? Before(ParseResult parsed, Terminal terminal) => parsed.GetValue(_before) is not string name ? null
        : new ModelSource(name) { Weights = parsed.GetValue(_beforeWeights), Seed = ModelOptions.SeedOf(name, parsed.GetValue(_beforeWeights), 0), Note = terminal.Note }.Load();

    /// <summary>Throws if an option is given that has no use without another one.</summary>
    internal void Require(ParseResult parsed)
    {
        RequireWith(parsed, _before, _beforeWeights);
        RequireWith(parsed, _data, _images, _limit, _worst);
        RequireWith(parsed, _neighbours, _image, _nearest);
        RequireWith(parsed, _image, _neighbours);
        if (Data(parsed) is null)
        {
            _classes.RequireNone(parsed, _data.Name);
        }
    }

    private static void RequireWith(ParseResult parsed, Option needed, params IEnumerable<Option> options)
    {
        if (parsed.FirstGiven(needed) is null && parsed.FirstGiven(options) is Option stray)
        {
            throw new EspalierException($"{stray.Name} requires {needed.Name}");
        }
    }
}
