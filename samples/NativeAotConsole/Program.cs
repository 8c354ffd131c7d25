// NativeAotConsole MODEL PHOTO: for one executable file without .NET: dotnet publish -c Release -r linux-x64
using System.Diagnostics;
using Espalier;

long start = Stopwatch.GetTimestamp();
using var classifier = ImageClassifier.Load(args[0]);
Prediction best = classifier.Classify(args[1], top: 1)[0];
Console.WriteLine($"{best.Label} ({best.Probability:P1}), after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
