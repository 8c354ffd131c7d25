namespace Espalier.Cli;

/// <summary>The options that choose what is explained about a photo.</summary>
internal sealed class PhotoExplanationOptions
{
    private const int MostPixels = 1 << 16;

    private readonly Option<string[]> _map = Repeated("--map", "NODE", "Writes the feature maps of a node, all channels in one picture; may be given more than once. 'espalier summary MODEL --nodes' lists the nodes; the name of a scope, such as layer4, stands for its last node.");
    private readonly Option<string> _cam = WordOptions.Create(
        "--cam",
        "Writes the class activation map. auto is grad-cam, or score-cam for a network in 8 bits, which has no gradients; cam requires a network that ends in global average pooling and one fully connected layer; score-cam runs the network once for each channel.",
        Words);

    private readonly Option<string?> _class = new("--class") { Description = "The class that class activation map and occlusion are about: its label, or its index; by default the most probable one of each photo.", HelpName = "NAME|INDEX" };
    private readonly Option<string?> _at = new("--at") { Description = "The node whose maps the class activation map weights; by default the last one with a map of more than one pixel.", HelpName = "NODE" };
    private readonly Option<bool> _occlusion = new("--occlusion") { Description = "Writes how much the probability of the class falls while a square covers each part of the input." };
    private readonly Option<int> _patch = NumberOptions.Create("--patch", "The side of that square in pixels of the input; by default an eighth of the input's shorter side.", 1, MostPixels, null);
    private readonly Option<int> _stride = NumberOptions.Create("--stride", "The distance between its places, at most --patch; by default half of --patch.", 1, MostPixels, null);
    private readonly Option<string?> _fill = new("--fill") { Description = "Its colour; by default mean, which gives the network 0.", HelpName = "mean|black|gray|white|#RRGGBB" };
    private readonly Option<string[]> _field = Repeated(
        "--receptive-field", "NODE[:ROW,COL]", "Writes the part of the photo on which one unit of a node depends, and how much (by gradient); by default the unit in the middle of its map. May be given more than once.");

    private static string[] Words { get; } = [.. Enum.GetValues<ClassActivationMethod>().Select(ClassActivationMap.NameOf)];

    internal void AddTo(Command command) => command.AddAll(_map, _cam, _class, _at, _occlusion, _patch, _stride, _fill, _field);

    /// <summary>Throws if an option about photos is given, where the network as a whole is explained.</summary>
    internal void RequireNone(ParseResult parsed)
    {
        if (parsed.FirstGiven(_map, _cam, _class, _at, _occlusion, _patch, _stride, _fill, _field) is Option given)
        {
            throw new EspalierException($"{given.Name} is about photos: give one or more after the model, as in 'espalier explain MODEL photo.jpg {given.Name}'");
        }
    }

    /// <summary>Checks options that others require, before anything is loaded.</summary>
    /// <exception cref="EspalierException">An option has no effect.</exception>
    internal void Require(ParseResult parsed)
    {
        bool isOccluded = parsed.GetValue(_occlusion), hasCam = HasCam(parsed);
        if (!isOccluded && parsed.FirstGiven(_patch, _stride, _fill) is Option square)
        {
            throw new EspalierException($"{square.Name} is about the square of --occlusion, which is not given");
        }

        if (!hasCam && parsed.FirstGiven(_at) is Option at)
        {
            throw new EspalierException($"{at.Name} is about the class activation map, which beside other explanations is written with {_cam.Name} only");
        }

        if (!hasCam && !isOccluded && parsed.FirstGiven(_class) is Option named)
        {
            throw new EspalierException($"{named.Name} is about the class activation map and --occlusion; beside other explanations give {_cam.Name} or --occlusion too");
        }
    }

    /// <summary>What is explained about each photo.</summary>
    /// <exception cref="EspalierException">A class, a unit or a colour is not understood.</exception>
    internal PhotoExplanationRequest Read(ParseResult parsed, PhotoExplainer explainer)
    {
        int? output = parsed.GetValue(_class) is string name ? explainer.ClassOf(name) : null;
        return new PhotoExplanationRequest
        {
            Maps = [.. parsed.GetValue(_map) ?? []],
            ClassActivation = HasCam(parsed)
                ? new ClassActivationOptions { Method = (ClassActivationMethod)Array.IndexOf(Words, parsed.GetRequiredValue(_cam)), Class = output, Node = parsed.GetValue(_at) }
                : null,
            Occlusion = parsed.GetValue(_occlusion)
                ? new OcclusionOptions { Patch = Given(parsed, _patch), Stride = Given(parsed, _stride), Fill = parsed.GetValue(_fill) is string colour ? Colour(colour) : null, Class = output }
                : null,
            Units = [.. (parsed.GetValue(_field) ?? []).Select(UnitName.Parse)],
        };
    }

    private static Option<string[]> Repeated(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    private bool HasCam(ParseResult parsed) => parsed.FirstGiven(_cam) is not null || parsed.FirstGiven(_map, _occlusion, _field) is null;

    private static int? Given(ParseResult parsed, Option<int> option) => parsed.FirstGiven(option) is null ? null : parsed.GetValue(option);

    private static (byte Red, byte Green, byte Blue)? Colour(string text) => text switch
    {
        "mean" => null,
        "black" => (0, 0, 0),
        "gray" => (128, 128, 128),
        "white" => (255, 255, 255),
        ['#', .. { Length: 6 } digits] when int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int rgb) => ((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb),
        _ => throw new EspalierException($"--fill takes mean, black, gray, white or #RRGGBB, found '{text}'"),
    };
}
