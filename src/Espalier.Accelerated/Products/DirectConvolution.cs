using ILGPU;

namespace Espalier.Accelerated;

/// <summary>Convolutions of groups of few channels, such as depthwise ones, where a product's tile would be mostly empty: a thread for each element.</summary>
internal static class DirectConvolution
{
    internal readonly struct Forward(ImageColumns input, ArrayView<float> weight, MapResult result, ConvolutionShape shape, int parts)
    {
        internal readonly ImageColumns Input = input;
        internal readonly ArrayView<float> Weight = weight;
        internal readonly MapResult Result = result;
        internal readonly ConvolutionShape Shape = shape;
        internal readonly int Parts = parts;
    }

    internal readonly struct InputGradient(GradientColumns gradient, TransposedWeights weight, MapGradient result, ConvolutionShape shape, int parts)
    {
        internal readonly GradientColumns Gradient = gradient;
        internal readonly TransposedWeights Weight = weight;
        internal readonly MapGradient Result = result;
        internal readonly ConvolutionShape Shape = shape;
        internal readonly int Parts = parts;
    }

    internal readonly struct WeightGradient(GradientRows gradient, ImageRows input, ArrayView<float> sums, ConvolutionShape shape, int terms, int lanes)
    {
        internal readonly GradientRows Gradient = gradient;
        internal readonly ImageRows Input = input;
        internal readonly ArrayView<float> Sums = sums;
        internal readonly ConvolutionShape Shape = shape;
        internal readonly int Terms = terms, Lanes = lanes;
    }

    /// <summary>A thread for each element of the output.</summary>
    internal static void Run(Index1D i, Forward call)
    {
        int pixel = i % call.Shape.OutPixels, channel = i / call.Shape.OutPixels % (call.Parts * call.Shape.OutEach), sample = i / call.Shape.OutLength;
        int part = channel / call.Shape.OutEach, column = (sample * call.Shape.OutPixels) + pixel, terms = call.Shape.InEach * call.Shape.Area;
        Place place = call.Input.At(column, part);
        float sum = 0;
        for (int term = 0; term < terms; term++)
        {
            sum += call.Input.Load(place, term) * call.Weight[(channel * terms) + term];
        }

        call.Result.Store(call.Result.At(column, part, 0), channel % call.Shape.OutEach, part, sum);
    }

    /// <summary>A thread for each element of the input.</summary>
    internal static void Run(Index1D i, InputGradient call)
    {
        int pixel = i % call.Shape.Pixels, channel = i / call.Shape.Pixels % (call.Parts * call.Shape.InEach), sample = i / call.Shape.InLength;
        int part = channel / call.Shape.InEach, column = (sample * call.Shape.Pixels) + pixel, terms = call.Shape.OutEach * call.Shape.Area;
        Place place = call.Gradient.At(column, part), weights = call.Weight.At(channel % call.Shape.InEach, part);
        float sum = 0;
        for (int term = 0; term < terms; term++)
        {
            sum += call.Gradient.Load(place, term) * call.Weight.Load(weights, term);
        }

        call.Result.Store(call.Result.At(column, part, 0), channel % call.Shape.InEach, part, sum);
    }

    /// <summary>A number of threads for each weight, which add up every so many terms; sums are rows of all weights.</summary>
    internal static void Run(Index1D i, WeightGradient call)
    {
        int columns = call.Shape.InEach * call.Shape.Area, lane = i % call.Lanes, weight = i / call.Lanes, channel = weight / columns;
        int part = channel / call.Shape.OutEach;
        Place gradient = call.Gradient.At(channel % call.Shape.OutEach, part), input = call.Input.At(weight % columns, part);
        float sum = 0;
        for (int term = lane; term < call.Terms; term += call.Lanes)
        {
            sum += call.Gradient.Load(gradient, term) * call.Input.Load(input, term);
        }

        call.Sums[(lane * (call.Sums.IntLength / call.Lanes)) + weight] = sum;
    }
}
